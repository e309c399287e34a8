/* limits.h: every bound of the server, with its reason. Tested at the limit and one past it.
 *
 * What a client can make the server hold is the product of these numbers, so they are small
 * where many can be open at once (headers) and large where one is rare (bodies). */
#ifndef SERVER_LIMITS_H
#define SERVER_LIMITS_H

enum {
    /* --- one request --- */

    /* The request line's target; past it 414. No route is longer than 40 bytes, but
     * /ws/query carries its statement here. */
    REQUEST_TARGET_BYTES_MAX = 8 << 10,
    /* Names and values of all headers together; past it 431. Room for a bearer token of 8 KiB. */
    REQUEST_HEADER_BYTES_MAX = 12 << 10,
    REQUEST_HEADER_COUNT_MAX = 100,
    /* A body that is collected before its route runs; past it 413. Scripts of migrations reach
     * a megabyte. */
    REQUEST_BODY_BYTES_MAX = 4 << 20,
    /* A query whose body is no longer than this is parsed and planned where it came in. */
    BRIEF_BODY_BYTES_MAX = 4 << 10,
    /* Properties and variables of one request. */
    REQUEST_PROPERTY_COUNT_MAX = 1000,
    /* One line of /inserts-stream. */
    INSERT_LINE_BYTES_MAX = 1 << 20,

    /* --- one connection --- */

    /* libmicrohttpd's pool per connection: the request line, the headers and what is being sent.
     * 10,000 connections cost 140 MB of it, more than half of what idle subscribers hold. */
    CONNECTION_MEMORY_BYTES = 14 << 10,
    /* Bytes that the kernel may hold for a client that does not read; its default is 4 MB. */
    SOCKET_SEND_BYTES = 64 << 10,
    /* Response bytes that wait for one client before its query is not asked for more. */
    RESPONSE_BYTES_HIGH = 256 << 10,
    /* ... and below which it is asked again. */
    RESPONSE_BYTES_LOW = 64 << 10,
    /* A frame of a WebSocket's client, which has nothing to say; past it 1009. As ksqlDB's. */
    WEBSOCKET_FRAME_BYTES_MAX = 64 << 10,
    /* Concurrent requests on one HTTP/2 connection. */
    HTTP2_STREAM_COUNT_MAX = 1000,
    /* Bytes of one /inserts-stream that wait to be stored: the HTTP/2 window of the stream. */
    HTTP2_STREAM_WINDOW_BYTES = 1 << 20,
    HTTP2_CONNECTION_WINDOW_BYTES = 16 << 20,
    /* Of names and values that answers repeat, per connection: ours are a few. */
    HTTP2_HEADER_TABLE_BYTES = 1 << 10,
    /* Resets that a client may send in a burst, and per second (CVE-2023-44487). */
    HTTP2_RESET_BURST = 1000,
    HTTP2_RESETS_PER_SECOND = 33,

    /* --- the server --- */

    CONNECTION_COUNT_MAX = 12000,
    /* TLS handshakes under way; each holds some 30 KB. */
    TLS_HANDSHAKE_COUNT_MAX = 2000,
    /* Requests that run or wait for a thread; past it 429. */
    REQUEST_QUEUE_COUNT_MAX = 4096,
    /* Threads that run requests. They wait for the disk most of the time, so there are many: each
     * waiting INSERT is one, and all that wait share one commit. */
    REQUEST_THREAD_COUNT_MAX = 64,
    /* Open push queries; past it 400 with code 40003. ksql.max.push.queries overrides it. */
    PUSH_QUERY_COUNT_MAX = 12000,
    /* Command statuses remembered for GET /status. */
    COMMAND_STATUS_COUNT_MAX = 10000,

    /* --- time --- */

    /* From accept to the end of the TLS handshake; the request's own deadlines begin then. */
    TLS_HANDSHAKE_DEADLINE_MS = 10000,
    /* After the last word over TLS, until a client that does not close is cut. */
    TLS_FAREWELL_MS = 2000,
    /* When the server stops: how long its last words over TLS may take. */
    TLS_STOP_MS = 1000,
    /* From accept to the last header. */
    HEADER_DEADLINE_MS = 10000,
    /* A body has this long and a second more for each 10 KiB that came. */
    BODY_DEADLINE_MS = 30000,
    BODY_BYTES_PER_SECOND_MIN = 10 << 10,
    /* No byte in either direction, for idle connections and for clients that do not read. */
    IDLE_TIMEOUT_S = 60,
    /* How long a WebSocket may live; ksql.websocket.connection.max.timeout.ms overrides it. */
    WEBSOCKET_TIMEOUT_MS = 3600000,
    /* From our close frame until a client that does not answer it is cut off. */
    WEBSOCKET_CLOSE_MS = 3000,
    /* commandSequenceNumber of the future; ksql.server.command.response.timeout.ms. */
    COMMAND_WAIT_MS = 5000,
    /* How long an answer of /healthcheck is good; ksql.healthcheck.interval.ms. */
    HEALTH_CACHE_MS = 5000,
    /* From SIGTERM until streams are cut. */
    DRAIN_DEADLINE_MS = 10000,
    /* How long a verified password is believed without hashing it again. */
    PASSWORD_CACHE_MS = 300000,
};

#endif
