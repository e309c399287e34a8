/* bench_server_inserts.c
 *
 * libcurl speaks HTTP/2 and asks for the body piece by piece, so rows are made while earlier ones
 * are stored, and acknowledgements are counted as they come. Rejected: frames of our own; flow
 * control in both directions is most of the work.
 */
#include "shell/bench_server_inserts.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { UPLOAD_BYTES = 512 << 10, ROW_BYTES_MAX = 64 };

struct insert_flow {
    const char *target;
    bool has_target; /* its line was sent */
    uint64_t row_count;
    uint64_t sent_count;
    uint64_t ack_count;
    char first[256]; /* of the answer, for the error */
    size_t first_bytes;
};

static size_t write_target(struct insert_flow *flow, char *to, size_t bytes_max)
{
    const int bytes = snprintf(to, bytes_max, "{\"target\":\"%s\"}\n", flow->target);
    flow->has_target = true;
    return (size_t)bytes;
}

/* Whole rows only. */
static size_t give_rows(char *to, size_t size, size_t count, void *context)
{
    struct insert_flow *flow = context;
    const size_t bytes_max = size * count;
    size_t bytes = flow->has_target ? 0 : write_target(flow, to, bytes_max);
    while (flow->sent_count < flow->row_count && bytes_max - bytes >= ROW_BYTES_MAX) {
        bytes += (size_t)snprintf(to + bytes, ROW_BYTES_MAX, "{\"US\":%llu}\n",
                                  (unsigned long long)flow->sent_count++);
    }
    return bytes;
}

static size_t take_acks(char *from, size_t size, size_t count, void *context)
{
    struct insert_flow *flow = context;
    const size_t bytes = size * count;
    const size_t room = sizeof(flow->first) - 1 - flow->first_bytes;
    memcpy(flow->first + flow->first_bytes, from, bytes < room ? bytes : room);
    flow->first_bytes += bytes < room ? bytes : room;
    for (const char *at = from; (at = memchr(at, '\n', (size_t)(from + bytes - at))); at++) {
        flow->ack_count++;
    }
    return bytes;
}

static CURLcode perform(CURL *easy, uint16_t port, struct insert_flow *flow)
{
    char url[64];
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/inserts-stream", port);
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
    (void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    (void)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BYTES);
    (void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_rows);
    (void)curl_easy_setopt(easy, CURLOPT_READDATA, flow);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_acks);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, flow);
    return curl_easy_perform(easy);
}

enum status bench_inserts_send(uint16_t port, const char *target, uint64_t row_count,
                               struct diag *diag)
{
    struct insert_flow flow = {.target = target, .row_count = row_count};
    CURL *easy = curl_easy_init();
    if (!easy) {
        return diag_no_memory(diag);
    }
    const CURLcode code = perform(easy, port, &flow);
    curl_easy_cleanup(easy);
    if (code != CURLE_OK) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "/inserts-stream: %s",
                         curl_easy_strerror(code));
    }
    return flow.ack_count == row_count ? STATUS_OK
                                       : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                                                   "%llu of %llu rows were acknowledged: %s",
                                                   (unsigned long long)flow.ack_count,
                                                   (unsigned long long)row_count, flow.first);
}
