/* handlers.h: the functions behind the routes, one file per subject (handle_*.c).
 *
 * A handler answers its exchange exactly once: with a reply, or by beginning a stream that
 * someone ends. Its exchange is borrowed; whoever goes on after the handler returns takes a
 * reference. Thread: one of the server's request threads, or, for quick routes, a front end's. */
#ifndef SERVER_HANDLERS_H
#define SERVER_HANDLERS_H

#include "server/router.h"

/* For the two query routes: only a body that is long, or names a command to wait for, may wait. */
bool query_may_wait(const struct exchange *exchange);
/* For /ksql: only a short body that seems to insert rows may not. */
bool statements_may_wait(const struct exchange *exchange);

route_handler handle_root;
route_handler handle_alive;
route_handler handle_livez;
route_handler handle_readyz;
route_handler handle_info;
route_handler handle_health;
route_handler handle_cluster_status;
route_handler handle_metadata;
route_handler handle_metadata_id;
route_handler handle_property;
route_handler handle_internal_only;
route_handler handle_metrics;
route_handler handle_statuses;
route_handler handle_status;
route_handler handle_statements;
route_handler handle_terminate_cluster;
route_handler handle_query;
route_handler handle_query_stream;
route_handler handle_close_query;
route_handler handle_inserts;
route_handler handle_websocket;

/* What a WebSocket's connection runs once it is upgraded; not in the router's table. */
extern const struct route websocket_query_route;

struct script;
/* Answers with the rows of a script of one query; borrows script. */
void query_run(struct server *server, struct exchange *exchange, struct script *script);

#endif
