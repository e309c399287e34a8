/* handle_status.c
 *
 * GET /status and /status/{type}/{entity}/{action}: what became of earlier statements; GET
 * /metrics: what the server counted.
 */
#include "server/handlers.h"

#include "server/server_state.h"

void handle_statuses(struct server *server, struct exchange *exchange)
{
    struct buffer body;
    buffer_init(&body);
    command_log_write(&server->commands, &body);
    exchange_reply(exchange, 200, exchange->media, &body);
}

void handle_status(struct server *server, struct exchange *exchange)
{
    struct buffer body;
    buffer_init(&body);
    if (command_log_write_one(&server->commands, router_rest(exchange), &body)) {
        exchange_reply(exchange, 200, exchange->media, &body);
    } else {
        exchange_reply_error(exchange, ERROR_NOT_FOUND, "Command not found");
    }
}

void handle_metrics(struct server *server, struct exchange *exchange)
{
    const char *names[METRICS_ROUTE_COUNT_MAX];
    size_t count = 0;
    const struct route *routes = router_table(&count);
    for (size_t i = 0; i < count; i++) {
        names[i] = routes[i].path;
    }
    struct buffer body;
    buffer_init(&body);
    buffer_printf(&body,
                  "# HELP leat_build_info The program.\n# TYPE leat_build_info gauge\n"
                  "leat_build_info{version=\"%s\"} 1\n",
                  server->options.version);
    metrics_write(&server->metrics, names, count, &body);
    exchange_reply(exchange, 200, exchange->media, &body);
}
