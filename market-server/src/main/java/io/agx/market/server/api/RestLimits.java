package io.agx.market.server.api;

/**
 * The bounds of REST's requests, as the servlets have them.
 *
 * @param trades trades of an array, or of an atomic request of lines
 * @param tradesBytes bytes of such a body, inflated
 * @param streamedTrades trades of a request of lines
 * @param streamedBytes bytes of it, inflated
 * @param quotes quotes of a request
 * @param quotesBytes bytes of it, inflated
 * @param messagesBytes bytes of a request with an array of messages
 * @param bodyBytes bytes of any other body
 * @param adminRows rows of an operator's answer
 */
public record RestLimits(
        int trades,
        int tradesBytes,
        int streamedTrades,
        long streamedBytes,
        int quotes,
        int quotesBytes,
        int messagesBytes,
        int bodyBytes,
        int adminRows) {}
