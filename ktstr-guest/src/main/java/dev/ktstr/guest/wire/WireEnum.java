package dev.ktstr.guest.wire;

/** An enum whose constants travel by a stable code, not by their order of declaration. */
public interface WireEnum {
    /** The number on the wire; unique within the enum, never reused. */
    int code();
}
