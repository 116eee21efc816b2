package dev.ktstr;

/** How the workers of a group come to be. */
public enum CloneMode {
    /** Each is a process of its own, its own thread group. What workers are unless said otherwise. */
    PROCESS,
    /** All are threads of one process, and share its memory. */
    THREAD
}
