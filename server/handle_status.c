/* handle_status.c
 *
 * GET /status and /status/{type}/{entity}/{action}: what became of earlier statements.
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
