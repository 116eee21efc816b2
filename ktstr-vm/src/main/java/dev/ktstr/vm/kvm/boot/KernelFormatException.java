package dev.ktstr.vm.kvm.boot;

/** A file is no kernel that this machine can boot. The message says what is wrong with it, without naming the file. */
final class KernelFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    KernelFormatException(String message) {
        super(message);
    }
}
