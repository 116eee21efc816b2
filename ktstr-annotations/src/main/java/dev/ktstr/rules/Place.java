package dev.ktstr.rules;

/** Where a value is written. Rules hand it through to their findings and know nothing else about it. */
public interface Place {
    /** For values that have no place of their own. */
    Place NOWHERE = new Place() {};
}
