/* serve_command.c
 *
 * `leat serve`: an engine behind ksqlDB's REST API until SIGTERM or SIGINT. Options win over the
 * configuration file, which is one of ksqlDB's: what concerns the server is taken from it here,
 * everything else goes to the engine as it stands.
 *
 * Signals are blocked before any thread exists and waited for by this one. SIGHUP has certificate
 * and key read again; after any other the server closes in order; a second SIGINT ends the process
 * at once.
 *
 * A queries file (queries_file.c) is run before the port opens, so that no client sees a server
 * without its queries.
 */
#include "shell/serve_command.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "server/limits.h"
#include "server/log.h"
#include "server/property_file.h"
#include "server/server.h"
#include "server/tls.h"
#include "shell/file_text.h"
#include "shell/options.h"
#include "shell/queries_file.h"
#include "shell/serve_listen.h"
#include "shell/serve_tls.h"
#include "shell/version.h"

struct serve {
    const char *data_dir;
    const char *config_file;
    const char *queries_file;
    const char *password_file;
    const char *listen;
    enum durability durability;
    const char *log_format;
    bool is_insecure;
    bool logs_requests;
    struct extension_options extensions;
    struct log_options log_options;
    struct server_options server_options;
    struct tls_options tls;
    struct arena arena;
    struct property_file properties;
    struct engine *engine;
    struct log *log;
    struct server *server;
    struct diag diag;
};

static const struct option_row rows[] = {
    {"data", OPTION_TEXT, offsetof(struct serve, data_dir), "DIR",
     "keep topics and state in DIR (default: in memory, gone at the end)", 0, 0},
    {"config", OPTION_TEXT, offsetof(struct serve, config_file), "FILE",
     "a .properties file with ksqlDB's names; options win over it", 0, 0},
    {"listen", OPTION_TEXT, offsetof(struct serve, listen), "ADDR:PORT",
     "where to listen (default 127.0.0.1:8088; port 0: any free one);\n"
     "commas make a list of it; https://ADDR:PORT is TLS", 0, 0},
    {"tls-certificate", OPTION_TEXT, offsetof(struct serve, tls.store_file), "F",
     "certificate chain and key, in PEM or PKCS12; read again on SIGHUP", 0, 0},
    {"tls-key", OPTION_TEXT, offsetof(struct serve, tls.key_file), "FILE",
     "the key in PEM, when it is not in the same file", 0, 0},
    {"queries-file", OPTION_TEXT, offsetof(struct serve, queries_file), "FILE",
     "run these statements first: SET, CREATE and INSERT INTO .. SELECT;\n"
     "those that DIR holds from an earlier start are not run again", 0, 0},
    {"password-file", OPTION_TEXT, offsetof(struct serve, password_file), "FILE",
     "ask for a name and password; one name:hash per line, mode 600", 0, 0},
    {"insecure", OPTION_FLAG, offsetof(struct serve, is_insecure), NULL,
     "listen beyond this machine without passwords", 0, 0},
    {"durability", OPTION_DURABILITY, offsetof(struct serve, durability), "D",
     "power-loss (default) or process-crash", 0, 0},
    {"extension", OPTION_EXTENSION, offsetof(struct serve, extensions), "FILE",
     "load functions from a shared object; may be repeated", 0, 0},
    {"log-format", OPTION_TEXT, offsetof(struct serve, log_format), "F",
     "logfmt (default) or json", 0, 0},
    {"log-requests", OPTION_FLAG, offsetof(struct serve, logs_requests), NULL,
     "log every request", 0, 0},
};

static const struct option_table options = {
    .command = "leat serve",
    .usage = "usage: leat serve [OPTIONS]\n\n"
             "Serves ksqlDB's REST API until SIGTERM or SIGINT.\n\n",
    .footer =
        "\nProperties for TLS: ssl.keystore.location (PEM or PKCS12), ssl.keystore.password,\n"
        "ssl.key.password, or ssl.keystore.certificate.chain and ssl.keystore.key (PEM texts);\n"
        "ssl.client.authentication with ssl.truststore.location (PEM); ssl.enabled.protocols.\n\n"
        "Exit code: 0 stopped by a signal, 1 could not start, 2 wrong usage.\n",
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

/* --- Options ---------------------------------------------------------------------------------- */

static int take_options(struct serve *serve, int argc, char **argv)
{
    int first = 0;
    const int code = options_parse(&options, argc, argv, serve, &first);
    if (code != OPTIONS_GO_ON) {
        return code;
    }
    const bool is_json = serve->log_format && strcmp(serve->log_format, "json") == 0;
    if (serve->log_format && !is_json && strcmp(serve->log_format, "logfmt") != 0) {
        return options_usage_error(&options, "--log-format is logfmt or json");
    }
    serve->log_options = (struct log_options){.out = stderr,
                                              .format = is_json ? LOG_JSON : LOG_LOGFMT,
                                              .level = serve->logs_requests ? LOG_DEBUG : LOG_INFO};
    return first == argc ? OPTIONS_GO_ON
                         : options_usage_error(&options, "there is an argument too many");
}

/* --- The configuration ------------------------------------------------------------------------ */

static const char *property(const struct serve *serve, const char *name)
{
    return property_file_find(&serve->properties, name);
}

/* A certificate that was asked of every client is as good as a password. */
static bool is_client_known(const struct serve *serve, const struct server_address *address)
{
    return address->is_tls && serve->tls.client_check == TLS_CLIENT_REQUIRED;
}

/* Nobody beyond this machine may use the server unasked unless that is wanted explicitly. */
static enum status check_exposure(struct serve *serve)
{
    for (size_t i = 0; i < serve->server_options.address_count; i++) {
        const struct server_address *address = &serve->server_options.addresses[i];
        if (!serve->is_insecure && !serve->password_file && !is_client_known(serve, address) &&
            !serve_listen_is_loopback(address)) {
            return diag_fail(&serve->diag, STATUS_INVALID, SQL_POS_NONE,
                             "listening on %s would let everybody in: give --password-file, or say "
                             "--insecure",
                             address->host);
        }
    }
    return STATUS_OK;
}

static enum status configure_tls(struct serve *serve)
{
    for (size_t i = 0; i < serve->server_options.address_count; i++) {
        if (serve->server_options.addresses[i].is_tls) {
            serve->server_options.tls = &serve->tls;
            return serve_tls_read(&serve->properties, &serve->tls, &serve->diag);
        }
    }
    return STATUS_OK;
}

/* What concerns the server itself; options given on the command line win. */
static enum status apply_properties(struct serve *serve)
{
    const char *method = property(serve, "authentication.method");
    const char *listeners = property(serve, "listeners");
    const char *listen = serve->listen ? serve->listen : listeners;
    serve->password_file = serve->password_file ? serve->password_file
                                                : property(serve, "authentication.password.file");
    serve->queries_file =
        serve->queries_file ? serve->queries_file : property(serve, "ksql.queries.file");
    serve->data_dir = serve->data_dir ? serve->data_dir : property(serve, "ksql.streams.state.dir");
    if (method && strcmp(method, "BASIC") == 0 && !serve->password_file) {
        return diag_fail(&serve->diag, STATUS_INVALID, SQL_POS_NONE,
                         "authentication.method is BASIC, but there is no "
                         "authentication.password.file");
    }
    TRY(serve_listen_parse(listen ? listen : "127.0.0.1:8088", &serve->arena,
                           &serve->server_options, &serve->diag));
    TRY(configure_tls(serve));
    serve_tls_drop_secrets(&serve->properties);
    return check_exposure(serve);
}

static enum status configure(struct serve *serve)
{
    if (serve->config_file) {
        TRY(property_file_read(serve->config_file, &serve->arena, &serve->properties,
                               &serve->diag));
    }
    return apply_properties(serve);
}

/* --- Serving ---------------------------------------------------------------------------------- */

static enum status open_engine(struct serve *serve)
{
    const struct engine_options engine_options = {.data_dir = serve->data_dir,
                                                  .durability = serve->durability,
                                                  .settings = serve->properties.items,
                                                  .setting_count = serve->properties.count,
                                                  .extensions = serve->extensions.paths,
                                                  .extension_count = serve->extensions.count};
    return engine_open(&engine_options, &serve->engine, &serve->diag);
}

static int64_t number_property(const struct serve *serve, const char *name, int64_t fallback)
{
    const char *value = property(serve, name);
    return value ? strtoll(value, NULL, 10) : fallback;
}

static enum status run_queries_file(struct serve *serve)
{
    size_t kept_count = 0;
    if (!serve->queries_file) {
        return STATUS_OK;
    }
    TRY(queries_file_run(serve->engine, serve->queries_file, &kept_count, &serve->diag));
    const struct log_field fields[] = {
        LOG_TEXT("file", text_of(serve->queries_file)),
        LOG_NUMBER("kept", (int64_t)kept_count),
    };
    log_event(serve->log, LOG_INFO, "the queries of the file run", fields,
              sizeof(fields) / sizeof(fields[0]));
    return STATUS_OK;
}

static enum status open_server(struct serve *serve)
{
    struct server_options *server_options = &serve->server_options;
    server_options->engine = serve->engine;
    server_options->log = serve->log;
    server_options->password_file = serve->password_file;
    server_options->version = LEAT_VERSION;
    server_options->push_query_count_max =
        (size_t)number_property(serve, "ksql.max.push.queries", 0);
    server_options->websocket_timeout_ms = number_property(
        serve, "ksql.websocket.connection.max.timeout.ms", WEBSOCKET_TIMEOUT_MS);
    return server_open(server_options, &serve->server, &serve->diag);
}

static void announce_address(const struct serve *serve, size_t index)
{
    const struct server_address *address = &serve->server_options.addresses[index];
    const uint16_t port = server_port(serve->server, index);
    const bool is_ipv6 = strchr(address->host, ':') != NULL;
    const struct log_field fields[] = {
        LOG_TEXT("address", text_of(address->host)),
        LOG_NUMBER("port", port),
        LOG_TEXT("tls", text_of(address->is_tls ? "true" : "false")),
        LOG_TEXT("data", text_of(serve->data_dir ? serve->data_dir : "(memory)")),
    };
    log_event(serve->log, LOG_INFO, "listening", fields, sizeof(fields) / sizeof(fields[0]));
    (void)printf("Leat %s listens on %s://%s%s%s:%u\n", LEAT_VERSION,
                 address->is_tls ? "https" : "http", is_ipv6 ? "[" : "", address->host,
                 is_ipv6 ? "]" : "", port);
}

static void announce(const struct serve *serve)
{
    for (size_t i = 0; i < serve->server_options.address_count; i++) {
        announce_address(serve, i);
    }
    (void)fflush(stdout);
}

static enum status start(struct serve *serve)
{
    TRY(configure(serve));
    TRY(log_open(&serve->log_options, &serve->log, &serve->diag));
    TRY(open_engine(serve));
    TRY(run_queries_file(serve));
    return open_server(serve);
}

/* Every subscriber is a descriptor; the soft limit of most systems is 1024. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void block_signals(sigset_t *out)
{
    sigemptyset(out);
    sigaddset(out, SIGTERM);
    sigaddset(out, SIGINT);
    sigaddset(out, SIGHUP);
    pthread_sigmask(SIG_BLOCK, out, NULL);
}

static void reload(struct serve *serve)
{
    if (server_reload(serve->server, &serve->diag) != STATUS_OK) {
        const struct log_field field = LOG_TEXT("reason", text_of(serve->diag.message));
        log_event(serve->log, LOG_ERROR, "cannot load the TLS certificate again", &field, 1);
    }
}

static void wait_for_signal(struct serve *serve, const sigset_t *signals)
{
    int number = 0;
    (void)sigwait(signals, &number);
    while (number == SIGHUP && serve->server_options.tls) {
        reload(serve);
        (void)sigwait(signals, &number);
    }
    const struct log_field field = LOG_TEXT("signal", text_of(strsignal(number)));
    log_event(serve->log, LOG_INFO, "stopping", &field, 1);
    pthread_sigmask(SIG_UNBLOCK, signals, NULL); /* a second one is not waited for */
}

static int serve_until_signal(struct serve *serve)
{
    sigset_t signals;
    block_signals(&signals);
    raise_descriptor_limit();
    const enum status status = start(serve);
    if (status == STATUS_OK) {
        announce(serve);
        wait_for_signal(serve, &signals);
    } else {
        (void)fprintf(stderr, "leat serve: %s\n%s%s", serve->diag.message, serve->diag.hint,
                      serve->diag.hint[0] ? "\n" : "");
    }
    server_close(serve->server);
    engine_close(serve->engine);
    log_close(serve->log);
    return status == STATUS_OK ? 0 : 1;
}

int serve_command(int argc, char **argv)
{
    struct serve *serve = memory_zalloc(sizeof(*serve)); /* a diag is large for a stack frame */
    if (!serve) {
        return 1;
    }
    arena_init(&serve->arena);
    int code = take_options(serve, argc, argv);
    if (code == OPTIONS_GO_ON) {
        code = serve_until_signal(serve);
    }
    arena_release(&serve->arena);
    memory_free(serve);
    return code;
}
