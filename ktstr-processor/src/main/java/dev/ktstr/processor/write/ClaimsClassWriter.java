package dev.ktstr.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.WildcardTypeName;
import dev.ktstr.processor.model.ClaimableUnit;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** Writes a class with one claim for each value of a type, so that a value that is renamed breaks what claimed of it. */
public final class ClaimsClassWriter {
    private static final ClassName CLAIMS = ClassName.get("dev.ktstr", "Claims");
    private static final String KINDS = "dev.ktstr.claim";
    private static final TypeName ANYTHING = WildcardTypeName.subtypeOf(Object.class);
    private static final Set<String> OPTIONAL_NUMBERS =
            Set.of("java.util.OptionalInt", "java.util.OptionalLong", "java.util.OptionalDouble");

    private final Elements elements;
    private final Types types;
    private final JunitCode code;

    /** Makes a writer for this compilation. */
    public ClaimsClassWriter(Elements elements, Types types) {
        this.elements = elements;
        this.types = types;
        this.code = new JunitCode(elements);
    }

    /** Builds the class of claims; it is public where the type can be seen from everywhere. */
    public JavaFile write(ClaimableUnit claimable) {
        TypeElement type = claimable.type();
        ClassName name = JavaNames.claimsClass(type);
        TypeName values = values(type);
        TypeSpec.Builder claims = code.start(name, type)
                .addModifiers(Modifier.FINAL)
                .addJavadoc("Claims on the values of {@code $L}, each labelled by its name there.\n", type)
                .addField(CLAIMS, "claims", Modifier.PRIVATE, Modifier.FINAL)
                .addField(values, "values", Modifier.PRIVATE, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PRIVATE)
                        .addParameter(CLAIMS, "claims")
                        .addParameter(values, "values")
                        .addStatement("this.claims = claims")
                        .addStatement("this.values = values")
                        .build())
                .addMethod(MethodSpec.methodBuilder("of")
                        .addJavadoc("Claims of these values; the results go into {@code claims}.\n")
                        .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                        .returns(name)
                        .addParameter(CLAIMS, "claims")
                        .addParameter(values, "values")
                        .addStatement("return new $T(claims, values)", name)
                        .build());
        if (isPublic(type)) {
            claims.addModifiers(Modifier.PUBLIC);
        }
        if (usesDeprecated(claimable)) {
            claims.addAnnotation(AnnotationSpec.builder(SuppressWarnings.class)
                    .addMember("value", "{$S, $S}", "deprecation", "removal")
                    .build());
        }
        claimable.accessors().forEach(accessor -> claims.addMethod(claim(accessor)));
        claims.addMethod(label(claimable.subject().value()));
        return JunitCode.file(name, claims);
    }

    private MethodSpec claim(ExecutableElement accessor) {
        String name = accessor.getSimpleName().toString();
        return MethodSpec.methodBuilder(name)
                .addJavadoc("Claims something of {@code $L()}.\n", name)
                .addModifiers(Modifier.PUBLIC)
                .returns(kind(accessor.getReturnType()))
                .addStatement("return claims.claim(label($S), values.$L())", name, name)
                .build();
    }

    private static MethodSpec label(String subject) {
        CodeBlock text = subject.isEmpty()
                ? CodeBlock.of("value")
                : CodeBlock.of("value + $S + values.$L() + $S", " (" + subject + "=", subject, ")");
        return MethodSpec.methodBuilder("label")
                .addModifiers(Modifier.PRIVATE)
                .returns(String.class)
                .addParameter(String.class, "value")
                .addStatement("return $L", text)
                .build();
    }

    /** The kind of claim that {@code Claims.claim} returns for a value of that type; its overloads choose the same. */
    private TypeName kind(TypeMirror type) {
        if (type.getKind() == TypeKind.BOOLEAN || is(type, "java.lang.Boolean")) {
            return ClassName.get(KINDS, "BooleanClaim");
        }
        if (isNumber(type) || OPTIONAL_NUMBERS.stream().anyMatch(n -> is(type, n))) {
            return ClassName.get(KINDS, "NumberClaim");
        }
        if (is(type, "java.util.Optional")) {
            return of("ValueClaim", argument(type));
        }
        if (isA(type, "java.util.Collection")) {
            TypeName element = argument(type);
            boolean series = isA(type, "java.util.List") && holdsNumbers(type);
            return of(series ? "SeriesClaim" : "CollectionClaim", element);
        }
        return of("ValueClaim", nameable(type) ? TypeName.get(type).box() : ANYTHING);
    }

    private static TypeName of(String kind, TypeName argument) {
        return ParameterizedTypeName.get(ClassName.get(KINDS, kind), argument);
    }

    private boolean holdsNumbers(TypeMirror list) {
        return ((DeclaredType) list)
                .getTypeArguments().stream().anyMatch(e -> e.getKind() == TypeKind.DECLARED && isNumber(e));
    }

    private boolean isNumber(TypeMirror type) {
        boolean primitive =
                type.getKind().isPrimitive() && type.getKind() != TypeKind.BOOLEAN && type.getKind() != TypeKind.CHAR;
        return primitive || isA(type, "java.lang.Number");
    }

    /** The one type argument, or {@code ?} where it has no name outside of the type. */
    private static TypeName argument(TypeMirror type) {
        return type instanceof DeclaredType declared
                        && declared.getTypeArguments().size() == 1
                        && nameable(declared.getTypeArguments().get(0))
                ? TypeName.get(declared.getTypeArguments().get(0))
                : ANYTHING;
    }

    /** Whether no type variable and no wildcard stands at its top or among its arguments. */
    private static boolean nameable(TypeMirror type) {
        return switch (type.getKind()) {
            case TYPEVAR, WILDCARD -> false;
            case ARRAY -> nameable(((ArrayType) type).getComponentType());
            case DECLARED -> ((DeclaredType) type).getTypeArguments().stream().allMatch(ClaimsClassWriter::nameable);
            default -> true;
        };
    }

    private boolean isA(TypeMirror type, String name) {
        TypeElement wanted = elements.getTypeElement(name);
        return type.getKind() == TypeKind.DECLARED
                && wanted != null
                && types.isAssignable(types.erasure(type), types.erasure(wanted.asType()));
    }

    private static boolean is(TypeMirror type, String name) {
        return type instanceof DeclaredType declared
                && ((TypeElement) declared.asElement()).getQualifiedName().contentEquals(name);
    }

    private static TypeName values(TypeElement type) {
        int parameters = type.getTypeParameters().size();
        ClassName name = ClassName.get(type);
        return parameters == 0
                ? name
                : ParameterizedTypeName.get(
                        name, Stream.generate(() -> ANYTHING).limit(parameters).toArray(TypeName[]::new));
    }

    private boolean usesDeprecated(ClaimableUnit claimable) {
        Stream<Element> around =
                Stream.iterate(claimable.type(), TypeElement.class::isInstance, Element::getEnclosingElement);
        return Stream.concat(around, claimable.accessors().stream()).anyMatch(elements::isDeprecated);
    }

    private static boolean isPublic(TypeElement type) {
        for (Element e = type; e instanceof TypeElement; e = e.getEnclosingElement()) {
            if (!e.getModifiers().contains(Modifier.PUBLIC)) {
                return false;
            }
        }
        return true;
    }
}
