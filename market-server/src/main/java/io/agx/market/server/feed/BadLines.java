package io.agx.market.server.feed;

/** What to do with a line of a file that is not a trade. Failures of reading itself always stop. */
public enum BadLines {
    /** Stop at the first one, with an error that names file, line, column and value. */
    STOP,
    /** Leave it out, count it, keep the first error for the summary, and go on. */
    SKIP
}
