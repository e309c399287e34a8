/* shell_client.h: the shell's HTTP: one server, one connection, answers whole or line by line.
 *
 * A request can be ended from the keyboard: in interactive use SIGINT is blocked and read from a
 * descriptor, so that no handler and no global is needed. Source of the requests: ksqlDB's REST
 * API. Thread: one at a time. */
#ifndef SHELL_SHELL_CLIENT_H
#define SHELL_SHELL_CLIENT_H

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

struct shell_client;

struct shell_client_options {
    const char *user; /* NULL: no authentication */
    const char *password;
    const char *token;     /* bearer token in their stead; NULL: none */
    bool is_interruptible; /* SIGINT ends the request, not the program */
    bool is_verbose;       /* each request is shown on standard error */
    const char *accept; /* media type to ask for; NULL: the server chooses */
};

/* Takes the lines of an answer as they come, without their line feeds. */
struct shell_sink {
    /* False ends the request: what follows is not wanted. */
    bool (*take_line)(void *context, struct text line);
    /* After each run of lines, and ten times a second without any; false ends the request. */
    bool (*tick)(void *context);
    void *context;
};

/* Copies options' texts. */
MUST_USE enum status shell_client_create(const struct shell_client_options *options,
                                         struct shell_client **out, struct diag *diag);
void shell_client_destroy(struct shell_client *client);

/* Copies url; one without a scheme gets http://. */
MUST_USE enum status shell_client_set_url(struct shell_client *client, struct text url,
                                          struct diag *diag);
const char *shell_client_url(const struct shell_client *client);

/* Waits so long, or until someone presses Ctrl-C: false. Ctrl-C ends the wait or request that comes
 * next where it is not pressed in one; a wait of 0 forgets it. */
bool shell_client_wait(struct shell_client *client, int timeout_ms);

/* One request: GET without a body (data NULL), else POST of JSON. Appends the whole answer to
 * out. STATUS_IO: no server there; STATUS_CANCELLED: interrupted. */
MUST_USE enum status shell_client_request(struct shell_client *client, const char *path,
                                          struct text body, struct buffer *out, long *out_code,
                                          struct diag *diag);

/* As above; an answer of status 200 goes to the sink line by line, any other into out_error.
 * STATUS_OK too where the sink ended it. */
MUST_USE enum status shell_client_stream(struct shell_client *client, const char *path,
                                         struct text body, const struct shell_sink *sink,
                                         struct buffer *out_error, long *out_code,
                                         struct diag *diag);

#endif
