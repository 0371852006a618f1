package io.agx.market.server;

import io.agx.market.core.model.Symbol;

/** The two assets that a symbol's name tells: {@code BTC-USDT}; of a name without a dash, the last three letters are the quote. */
record AssetPair(String base, String quote) {
    static AssetPair of(Symbol symbol) {
        String name = symbol.value();
        int dash = name.indexOf('-');
        if (dash > 0 && dash < name.length() - 1) {
            return new AssetPair(letters(name.substring(0, dash)), letters(name.substring(dash + 1)));
        }
        return name.length() > 3
                ? new AssetPair(
                        letters(name.substring(0, name.length() - 3)), letters(name.substring(name.length() - 3)))
                : new AssetPair(letters(name), "X");
    }

    private static String letters(String text) {
        String kept = text.replaceAll("[^A-Z0-9]", "");
        return kept.isEmpty() ? "X" : kept.substring(0, Math.min(16, kept.length()));
    }
}
