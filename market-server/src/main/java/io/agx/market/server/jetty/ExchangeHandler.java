package io.agx.market.server.jetty;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** First of all handlers: tells each connection's {@link Progress} when an exchange begins and ends. Thread-safe. */
final class ExchangeHandler extends Handler.Wrapper {
    ExchangeHandler(Handler next) {
        super(next);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        DirectEndPoint connection = DirectEndPoint.of(
                request.getConnectionMetaData().getConnection().getEndPoint());
        if (connection != null) {
            Progress progress = connection.progress();
            progress.requestBegins(BodyHandler.hasBody(request));
            Request.addCompletionListener(request, failure -> {
                if (response.getStatus() != HttpStatus.SWITCHING_PROTOCOLS_101) {
                    progress.exchangeEnds();
                }
            });
        }
        return super.handle(request, response, callback);
    }
}
