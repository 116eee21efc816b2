package dev.ktstr.run.encode;

import java.util.List;

/** Puts programs of custom workers where workers find them. */
@FunctionalInterface
public interface CustomPrograms {
    /** Of a run whose workers run on the host that has the programs: leaves commands as they are. */
    CustomPrograms IN_PLACE = command -> command;

    /**
     * The command as the guest runs it.
     *
     * @param hostCommand the program's path on the host, and its arguments
     * @throws IllegalArgumentException when the program is missing or cannot run in the guest
     */
    List<String> guestCommand(List<String> hostCommand);
}
