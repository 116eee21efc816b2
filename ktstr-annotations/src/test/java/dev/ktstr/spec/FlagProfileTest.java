package dev.ktstr.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlagProfileTest {
    private static final List<SchedulerFlag> MITOSIS = List.of(flag("llc"), flag("steal", "llc"), flag("borrow"));

    @Test
    void a_profile_is_named_after_its_flags_in_declaration_order() {
        assertThat(names(FlagProfile.all(MITOSIS, List.of(), List.of())))
                .containsExactly("default", "llc", "llc+steal", "borrow", "llc+borrow", "llc+steal+borrow");
    }

    @Test
    void a_required_flag_is_in_every_profile_and_an_excluded_one_in_none() {
        assertThat(names(FlagProfile.all(MITOSIS, List.of("llc"), List.of("borrow"))))
                .containsExactly("llc", "llc+steal");
    }

    @Test
    void a_required_flag_pulls_in_what_it_requires_and_an_excluded_one_keeps_out_what_requires_it() {
        assertThat(names(FlagProfile.all(MITOSIS, List.of("steal"), List.of())))
                .containsExactly("llc+steal", "llc+steal+borrow");
        assertThat(names(FlagProfile.all(MITOSIS, List.of(), List.of("llc")))).containsExactly("default", "borrow");
    }

    @Test
    void requirements_may_be_declared_after_the_flag_that_needs_them_and_go_on() {
        List<SchedulerFlag> flags = List.of(flag("a", "b"), flag("b", "c"), flag("c"));

        assertThat(names(FlagProfile.all(flags, List.of(), List.of()))).containsExactly("default", "c", "b+c", "a+b+c");
        assertThat(names(FlagProfile.all(flags, List.of("a"), List.of()))).containsExactly("a+b+c");
    }

    @Test
    void six_flags_with_one_requirement_make_48_profiles() {
        List<SchedulerFlag> flags = List.of(flag("a"), flag("b"), flag("c", "a"), flag("d"), flag("e"), flag("f"));

        assertThat(FlagProfile.all(flags, List.of(), List.of()))
                .hasSize(48)
                .doesNotHaveDuplicates()
                .allMatch(p -> !p.flags().contains("c") || p.flags().contains("a"));
    }

    @Test
    void a_scheduler_without_flags_has_the_default_profile() {
        assertThat(FlagProfile.all(List.of(), List.of(), List.of()))
                .containsExactly(new FlagProfile("default", List.of()));
    }

    @Test
    void forty_flags_in_a_chain_are_41_profiles_found_at_once() {
        List<SchedulerFlag> flags = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            flags.add(i == 0 ? flag("f0") : flag("f" + i, "f" + (i - 1)));
        }
        assertThat(FlagProfile.all(flags, List.of(), List.of())).hasSize(41);
    }

    @Test
    void arguments_follow_in_declaration_order() {
        List<FlagProfile> profiles = FlagProfile.all(MITOSIS, List.of("borrow", "steal"), List.of());

        assertThat(profiles.get(0).args(MITOSIS)).containsExactly("--llc", "--steal", "--borrow");
    }

    @Test
    void exactly_the_most_profiles_are_made_and_one_more_flag_is_too_many() {
        List<SchedulerFlag> ten =
                IntStream.range(0, 10).mapToObj(i -> flag("f" + i)).toList();
        List<SchedulerFlag> eleven =
                IntStream.range(0, 11).mapToObj(i -> flag("f" + i)).toList();

        assertThat(FlagProfile.all(ten, List.of(), List.of())).hasSize(FlagProfile.MAX);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FlagProfile.all(eleven, List.of(), List.of()))
                .withMessage("the flags make more than 1024 profiles");
    }

    @Test
    void flags_that_make_no_sense_are_refused_by_name() {
        refused("there is no flag named steel", MITOSIS, List.of("steel"), List.of());
        refused("there is no flag named steel", MITOSIS, List.of(), List.of("steel"));
        refused("there is no flag named b", List.of(flag("a", "b")), List.of(), List.of());
        refused("two flags are named a", List.of(flag("a"), flag("a")), List.of(), List.of());
        refused("the required flags need llc, which is excluded", MITOSIS, List.of("steal"), List.of("llc"));
        refused(
                "flags require each other in a circle: a, b, c",
                List.of(flag("b", "a"), flag("a", "b"), flag("c", "a"), flag("d")),
                List.of(),
                List.of());
    }

    private static void refused(
            String message, List<SchedulerFlag> flags, List<String> required, List<String> excluded) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FlagProfile.all(flags, required, excluded))
                .withMessage(message);
    }

    private static List<String> names(List<FlagProfile> profiles) {
        return profiles.stream().map(FlagProfile::name).toList();
    }

    private static SchedulerFlag flag(String name, String... requires) {
        return new SchedulerFlag(name, List.of("--" + name), List.of(requires));
    }
}
