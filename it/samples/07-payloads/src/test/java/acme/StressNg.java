package acme;

import dev.ktstr.annotations.Payload;

/** Keeps one CPU busy. From the distribution's package; it runs until its scenario ends. */
@Payload(
        name = "stress-ng",
        binary = "stress-ng",
        defaultArgs = {"--cpu", "1", "--timeout", "600"})
interface StressNg {}
