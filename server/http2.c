/* http2.c
 *
 * The front end as a whole: a few loops, and what all of their connections share. Floods: nghttp2
 * bounds headers, continuations, settings and acknowledgements; resets beyond HTTP2_RESET_BURST
 * end the connection; the number of streams and the windows bound the rest.
 */
#include "server/http2.h"

#include <unistd.h>

#include "base/memory.h"
#include "server/http2_parts.h"
#include "server/limits.h"
#include "server/peer.h"

static bool set_up_nghttp2(struct http2 *http2)
{
    if (nghttp2_session_callbacks_new(&http2->callbacks) != 0 ||
        nghttp2_option_new(&http2->options) != 0) {
        return false;
    }
    http2_stream_set_callbacks(http2->callbacks);
    nghttp2_option_set_no_auto_window_update(http2->options, 1);
    nghttp2_option_set_no_closed_streams(http2->options, 1);
    nghttp2_option_set_max_deflate_dynamic_table_size(http2->options, HTTP2_HEADER_TABLE_BYTES);
    nghttp2_option_set_stream_reset_rate_limit(http2->options, HTTP2_RESET_BURST,
                                               HTTP2_RESETS_PER_SECOND);
    return true;
}

enum status http2_open(struct server *server, struct http2 **out, struct diag *diag)
{
    struct http2 *http2 = memory_zalloc(sizeof(*http2));
    if (!http2) {
        return diag_no_memory(diag);
    }
    http2->server = server;
    bool is_open = set_up_nghttp2(http2);
    for (size_t i = 0; i < HTTP2_LOOP_COUNT; i++) {
        is_open = is_open && http2_loop_start(http2, &http2->loops[i]);
    }
    if (!is_open) {
        http2_close(http2);
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot start serving HTTP/2");
    }
    *out = http2;
    return STATUS_OK;
}

void http2_close(struct http2 *http2)
{
    if (!http2) {
        return;
    }
    atomic_store(&http2->must_stop, true);
    for (size_t i = 0; i < HTTP2_LOOP_COUNT; i++) {
        http2_loop_stop(&http2->loops[i]);
    }
    nghttp2_session_callbacks_del(http2->callbacks);
    nghttp2_option_del(http2->options);
    memory_free(http2);
}

void http2_add(struct http2 *http2, int fd, const struct sockaddr *address,
               struct http2_upgrade *upgrade)
{
    char peer[PEER_BYTES_MAX];
    const unsigned turn = atomic_fetch_add(&http2->next_loop, 1);
    peer_print(address, peer);
    http2_loop_add(&http2->loops[turn % HTTP2_LOOP_COUNT], fd, peer, upgrade);
}
