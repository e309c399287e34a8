/* shell_client.c
 *
 * libcurl's multi interface drives one transfer at a time: its poll takes the descriptor of
 * SIGINT beside the connection and wakes ten times a second, which is what an endless push query
 * needs (end it, count it, time it) and the easy interface cannot give promptly. The handle is
 * kept, so requests share a connection; one that was cut off is closed, which is how the server
 * learns that its query has no reader any more.
 */
#include "shell/shell_client.h"

#include <curl/curl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/memory.h"

enum {
    TICK_MS = 100,
    CONNECT_TIMEOUT_MS = 5000,
    URL_BYTES_MAX = 1024,
    CREDENTIAL_BYTES_MAX = 1024,
    LINE_BYTES_MAX = 64 << 20, /* a row holds at most a few records of 16 MiB */
};

struct shell_client {
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    int interrupt_fd; /* -1: SIGINT ends the program */
    char url[URL_BYTES_MAX];
    bool is_verbose;
    char credentials[CREDENTIAL_BYTES_MAX]; /* user:password */
    char token[CREDENTIAL_BYTES_MAX];
    char curl_error[CURL_ERROR_SIZE];
};

/* One answer on its way in. */
struct transfer {
    struct shell_client *client;
    const struct shell_sink *sink; /* NULL: all goes to whole */
    struct buffer *whole;
    struct buffer line; /* begun, not ended */
    bool is_ended;      /* by the sink */
};

/* --- Life --------------------------------------------------------------------------------- */

static int open_interrupt(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

enum status shell_client_create(const struct shell_client_options *options,
                                struct shell_client **out, struct diag *diag)
{
    struct shell_client *client = memory_zalloc(sizeof(*client));
    if (!client) {
        return diag_no_memory(diag);
    }
    client->interrupt_fd = options->is_interruptible ? open_interrupt() : -1;
    if (options->user) {
        (void)snprintf(client->credentials, sizeof(client->credentials), "%s:%s", options->user,
                       options->password ? options->password : "");
    }
    (void)snprintf(client->token, sizeof(client->token), "%s",
                   options->token ? options->token : "");
    client->is_verbose = options->is_verbose;
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    client->easy = curl_easy_init();
    client->multi = curl_multi_init();
    client->headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (client->headers && options->accept) {
        char accept[128];
        (void)snprintf(accept, sizeof(accept), "Accept: %s", options->accept);
        struct curl_slist *longer = curl_slist_append(client->headers, accept);
        if (!longer) {
            shell_client_destroy(client);
            return diag_no_memory(diag);
        }
        client->headers = longer;
    }
    if (!client->easy || !client->multi || !client->headers) {
        shell_client_destroy(client);
        return diag_no_memory(diag);
    }
    *out = client;
    return STATUS_OK;
}

void shell_client_destroy(struct shell_client *client)
{
    if (!client) {
        return;
    }
    curl_easy_cleanup(client->easy);
    curl_multi_cleanup(client->multi);
    curl_slist_free_all(client->headers);
    if (client->interrupt_fd >= 0) {
        (void)close(client->interrupt_fd);
    }
    memory_free(client);
}

enum status shell_client_set_url(struct shell_client *client, struct text url, struct diag *diag)
{
    const bool has_scheme = memmem(url.data, url.bytes, "://", 3) != NULL;
    while (url.bytes > 0 && url.data[url.bytes - 1] == '/') {
        url.bytes--;
    }
    if (url.bytes == 0 || url.bytes + sizeof("http://") > sizeof(client->url)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "The URL '%.*s' is not usable",
                         (int)(url.bytes < 100 ? url.bytes : 100), url.data);
    }
    (void)snprintf(client->url, sizeof(client->url), "%s%.*s", has_scheme ? "" : "http://",
                   TEXT_ARGS(url));
    return STATUS_OK;
}

const char *shell_client_url(const struct shell_client *client)
{
    return client->url;
}

/* --- What comes in ------------------------------------------------------------------------ */

static bool take_lines(struct transfer *transfer, struct text data)
{
    while (data.bytes > 0) {
        const char *end = memchr(data.data, '\n', data.bytes);
        const size_t bytes = end ? (size_t)(end - data.data) : data.bytes;
        buffer_append(&transfer->line, data.data, bytes);
        if (!end) {
            return !transfer->line.has_failed && transfer->line.bytes <= LINE_BYTES_MAX;
        }
        if (!transfer->sink->take_line(transfer->sink->context, buffer_text(&transfer->line))) {
            transfer->is_ended = true;
            return false;
        }
        buffer_reset(&transfer->line);
        data = (struct text){end + 1, data.bytes - bytes - 1};
    }
    return true;
}

/* curl's callback: returning less than it was given ends the transfer. */
static size_t take_data(char *data, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    const struct text text = {data, size * count};
    long code = 0;
    (void)curl_easy_getinfo(transfer->client->easy, CURLINFO_RESPONSE_CODE, &code);
    if (transfer->sink && code == 200) {
        return take_lines(transfer, text) ? text.bytes : 0;
    }
    buffer_append_text(transfer->whole, text);
    return transfer->whole->has_failed ? 0 : text.bytes;
}

/* --- Requests ----------------------------------------------------------------------------- */

static bool take_interrupt(const struct shell_client *client)
{
    struct signalfd_siginfo info;
    bool is_there = false;
    while (client->interrupt_fd >= 0 &&
           read(client->interrupt_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        is_there = true;
    }
    return is_there;
}

static void prepare(struct shell_client *client, const char *url, struct text body,
                    struct transfer *transfer)
{
    CURL *easy = client->easy;
    curl_easy_reset(easy);
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, client->headers);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, client->curl_error);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_data);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    const char *trusted = getenv("SSL_CERT_FILE"); /* as OpenSSL's and curl's own tools do */
    if (trusted) {
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, trusted);
    }
    if (client->credentials[0]) {
        (void)curl_easy_setopt(easy, CURLOPT_USERPWD, client->credentials);
    }
    if (client->token[0]) {
        (void)curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        (void)curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, client->token);
    }
    if (body.data) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.bytes);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data);
    }
    client->curl_error[0] = '\0';
}

/* Runs the prepared transfer to its end; *out_result is curl's word on it. */
static enum status drive(struct shell_client *client, struct transfer *transfer,
                         CURLcode *out_result, struct diag *diag)
{
    struct curl_waitfd extra = {.fd = client->interrupt_fd, .events = CURL_WAIT_POLLIN};
    const unsigned extra_count = client->interrupt_fd >= 0;
    int running = 1;
    while (running) {
        if (curl_multi_perform(client->multi, &running) != CURLM_OK) {
            return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "The HTTP client failed");
        }
        if (running && transfer->sink && !transfer->sink->tick(transfer->sink->context)) {
            transfer->is_ended = true;
            *out_result = CURLE_OK;
            return STATUS_OK;
        }
        if (running) {
            (void)curl_multi_poll(client->multi, &extra, extra_count, TICK_MS, NULL);
        }
        if (take_interrupt(client)) {
            return diag_fail(diag, STATUS_CANCELLED, SQL_POS_NONE, "Interrupted");
        }
    }
    int left = 0;
    const CURLMsg *message = curl_multi_info_read(client->multi, &left);
    *out_result = message ? message->data.result : CURLE_OK;
    return STATUS_OK;
}

bool shell_client_wait(struct shell_client *client, int timeout_ms)
{
    struct pollfd fd = {.fd = client->interrupt_fd, .events = POLLIN};
    (void)poll(&fd, client->interrupt_fd >= 0, timeout_ms);
    return !take_interrupt(client);
}

/* What goes out, without the credentials. */
static void show_request(const struct shell_client *client, const char *url, struct text body)
{
    if (client->is_verbose) {
        (void)fprintf(stderr, "> %s %s%s%.*s\n", body.data ? "POST" : "GET", url,
                      body.data ? " " : "", TEXT_ARGS(body));
    }
}

static enum status perform(struct shell_client *client, const char *path, struct text body,
                           struct transfer *transfer, long *out_code, struct diag *diag)
{
    char url[URL_BYTES_MAX + 256];
    CURLcode result = CURLE_OK;
    (void)snprintf(url, sizeof(url), "%s%s", client->url, path);
    show_request(client, url, body);
    prepare(client, url, body, transfer);
    if (curl_multi_add_handle(client->multi, client->easy) != CURLM_OK) {
        return diag_no_memory(diag);
    }
    const enum status status = drive(client, transfer, &result, diag);
    (void)curl_multi_remove_handle(client->multi, client->easy);
    TRY(status);
    if (result != CURLE_OK && !transfer->is_ended) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE,
                         "Error issuing a request to the server at %s: %s", client->url,
                         client->curl_error[0] ? client->curl_error : curl_easy_strerror(result));
    }
    (void)curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, out_code);
    return STATUS_OK;
}

enum status shell_client_request(struct shell_client *client, const char *path, struct text body,
                                 struct buffer *out, long *out_code, struct diag *diag)
{
    struct transfer transfer = {.client = client, .whole = out};
    TRY(perform(client, path, body, &transfer, out_code, diag));
    return buffer_status(out, diag);
}

enum status shell_client_stream(struct shell_client *client, const char *path, struct text body,
                                const struct shell_sink *sink, struct buffer *out_error,
                                long *out_code, struct diag *diag)
{
    struct transfer transfer = {.client = client, .sink = sink, .whole = out_error};
    buffer_init(&transfer.line);
    enum status status = perform(client, path, body, &transfer, out_code, diag);
    if (status == STATUS_OK && transfer.line.bytes > 0 && !transfer.is_ended) {
        (void)sink->take_line(sink->context, buffer_text(&transfer.line));
    }
    buffer_release(&transfer.line);
    return status;
}
