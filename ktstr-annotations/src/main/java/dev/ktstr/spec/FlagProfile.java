package dev.ktstr.spec;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A set of active flags, closed under what they require.
 *
 * @param name the flags in declaration order joined by {@code +}, or {@code default} for none
 * @param flags their names, in declaration order
 */
public record FlagProfile(String name, List<String> flags) {
    /** The most profiles that {@link #all} makes for one test; ten flags without any requirement are as many. */
    public static final int MAX = 1024;

    /** Copies the list. */
    public FlagProfile {
        flags = List.copyOf(flags);
    }

    /** The profile of these flags, given in declaration order. */
    public static FlagProfile of(List<String> flags) {
        return new FlagProfile(flags.isEmpty() ? "default" : String.join("+", flags), flags);
    }

    /**
     * Makes every profile that holds the required flags (and what those require) and none of the excluded ones (nor what
     * requires those).
     *
     * <p>The order is that of binary counting with the first declared flag as the lowest digit: for {@code llc, steal,
     * borrow} without requirements it is {@code default, llc, steal, llc+steal, borrow, …}. The smallest profile, the closure
     * of the required flags, comes first.
     *
     * @param declared the scheduler's flags in declaration order
     * @param required names of flags in every profile
     * @param excluded names of flags in none
     * @return at least one profile
     * @throws IllegalArgumentException when a name is unknown or declared twice, flags require each other in a circle, a
     *     required flag needs an excluded one, or there are more than {@link #MAX} profiles
     */
    public static List<FlagProfile> all(
            List<SchedulerFlag> declared, Collection<String> required, Collection<String> excluded) {
        List<BitSet> sets = sets(declared, required, excluded);
        if (sets.size() > MAX) {
            throw new IllegalArgumentException("the flags make more than " + MAX + " profiles");
        }
        sets.sort(FlagProfile::compare);
        return sets.stream()
                .map(set ->
                        of(set.stream().mapToObj(i -> declared.get(i).name()).toList()))
                .toList();
    }

    /** The profiles as positions in the declaration; stops soon after {@link #MAX}. */
    private static List<BitSet> sets(
            List<SchedulerFlag> declared, Collection<String> required, Collection<String> excluded) {
        Index index = new Index(declared);
        BitSet always = index.closure(required);
        BitSet never = new BitSet();
        for (String name : excluded) {
            never.set(index.of(name));
        }
        List<BitSet> sets = new ArrayList<>();
        sets.add((BitSet) always.clone());
        // Requirements before what requires them: whatever was decided so far can always be completed, so that the work
        // is
        // in proportion to the result.
        for (int flag : index.requirementsFirst()) {
            if (always.get(flag)) {
                if (never.get(flag)) {
                    throw new IllegalArgumentException(
                            "the required flags need " + declared.get(flag).name() + ", which is excluded");
                }
                continue;
            }
            if (!never.get(flag) && sets.size() <= MAX) {
                addTo(sets, flag, index.requirements(flag));
            }
        }
        return sets;
    }

    /**
     * Tells whether there are more than {@link #MAX} profiles.
     *
     * @throws IllegalArgumentException as {@link #all}, but for the number of profiles
     */
    public static boolean exceed(
            List<SchedulerFlag> declared, Collection<String> required, Collection<String> excluded) {
        return sets(declared, required, excluded).size() > MAX;
    }

    /** Arguments of this profile's flags, in declaration order. */
    public List<String> args(List<SchedulerFlag> declared) {
        return declared.stream()
                .filter(f -> flags.contains(f.name()))
                .flatMap(f -> f.args().stream())
                .toList();
    }

    private static void addTo(List<BitSet> sets, int flag, BitSet requirements) {
        Predicate<BitSet> allowed = set -> {
            BitSet missing = (BitSet) requirements.clone();
            missing.andNot(set);
            return missing.isEmpty();
        };
        for (BitSet set : sets.stream().filter(allowed).toList()) {
            BitSet with = (BitSet) set.clone();
            with.set(flag);
            sets.add(with);
        }
    }

    /** Compares as binary numbers: the highest flag that only one of the two has decides. */
    private static int compare(BitSet a, BitSet b) {
        BitSet differ = (BitSet) a.clone();
        differ.xor(b);
        return differ.isEmpty() ? 0 : a.get(differ.length() - 1) ? 1 : -1;
    }

    /** Flags by their position in the declaration. */
    private static final class Index {
        private final List<SchedulerFlag> declared;
        private final Map<String, Integer> byName = new LinkedHashMap<>();
        private final List<BitSet> requirements = new ArrayList<>();

        Index(List<SchedulerFlag> declared) {
            this.declared = declared;
            for (SchedulerFlag flag : declared) {
                if (byName.put(flag.name(), byName.size()) != null) {
                    throw new IllegalArgumentException("two flags are named " + flag.name());
                }
            }
            for (SchedulerFlag flag : declared) {
                BitSet set = new BitSet();
                flag.requires().forEach(name -> set.set(of(name)));
                requirements.add(set);
            }
        }

        int of(String name) {
            Integer position = byName.get(name);
            if (position == null) {
                throw new IllegalArgumentException("there is no flag named " + name);
            }
            return position;
        }

        BitSet requirements(int flag) {
            return requirements.get(flag);
        }

        BitSet closure(Collection<String> names) {
            BitSet closed = new BitSet();
            names.forEach(name -> close(of(name), closed));
            return closed;
        }

        private void close(int flag, BitSet closed) {
            if (!closed.get(flag)) {
                closed.set(flag);
                requirements.get(flag).stream().forEach(required -> close(required, closed));
            }
        }

        List<Integer> requirementsFirst() {
            List<Integer> order = new ArrayList<>();
            BitSet placed = new BitSet();
            while (order.size() < declared.size()) {
                int before = order.size();
                for (int i = 0; i < declared.size(); i++) {
                    BitSet open = (BitSet) requirements.get(i).clone();
                    open.andNot(placed);
                    if (!placed.get(i) && open.isEmpty()) {
                        placed.set(i);
                        order.add(i);
                    }
                }
                if (order.size() == before) {
                    throw new IllegalArgumentException("flags require each other in a circle: "
                            + byName.keySet().stream()
                                    .filter(name -> !placed.get(of(name)))
                                    .sorted(Comparator.naturalOrder())
                                    .collect(Collectors.joining(", ")));
                }
            }
            return order;
        }
    }
}
