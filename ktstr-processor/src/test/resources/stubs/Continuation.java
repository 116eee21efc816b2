package kotlin.coroutines;

/** What Kotlin adds to a suspend function as its last parameter. */
public interface Continuation<T> {}
