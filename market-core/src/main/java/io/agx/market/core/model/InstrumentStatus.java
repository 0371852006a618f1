package io.agx.market.core.model;

/** Whether an instrument takes trades. */
public enum InstrumentStatus {
    /** Trades are accepted. */
    TRADING,
    /** Known, with its history served, but new trades are rejected. */
    HALTED
}
