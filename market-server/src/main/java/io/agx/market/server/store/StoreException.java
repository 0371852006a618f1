package io.agx.market.server.store;

/** The database did not do what it was asked to: it is gone, full, slow or damaged. Nothing of a failed transaction is kept. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoreException(Throwable cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }
}
