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

#include <getopt.h>
#include <signal.h>
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
    bool is_insecure;
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

static const char help[] =
    "usage: leat serve [OPTIONS]\n\n"
    "Serves ksqlDB's REST API until SIGTERM or SIGINT.\n\n"
    "  --data DIR            keep topics and state in DIR (default: in memory, gone at the end)\n"
    "  --config FILE         a .properties file with ksqlDB's names\n"
    "  --listen ADDR:PORT    where to listen (default 127.0.0.1:8088; port 0: any free one);\n"
    "                        commas make a list of it; https://ADDR:PORT is TLS\n"
    "  --tls-certificate F   certificate chain and key, in PEM or PKCS12; read again on SIGHUP\n"
    "  --tls-key FILE        the key in PEM, when it is not in the same file\n"
    "  --queries-file FILE   run these statements first: SET, CREATE and INSERT INTO .. SELECT;\n"
    "                        those that DIR holds from an earlier start are not run again\n"
    "  --password-file FILE  ask for a name and password; one name:hash per line, mode 600\n"
    "  --insecure            listen beyond this machine without passwords\n"
    "  --durability D        power-loss (default) or process-crash\n"
    "  --extension FILE      load functions from a shared object; may be repeated\n"
    "  --log-format F        logfmt (default) or json\n"
    "  --log-requests        log every request\n"
    "  --help                print this\n\n"
    "Properties for TLS: ssl.keystore.location (PEM or PKCS12), ssl.keystore.password,\n"
    "ssl.key.password, or ssl.keystore.certificate.chain and ssl.keystore.key (PEM texts);\n"
    "ssl.client.authentication with ssl.truststore.location (PEM); ssl.enabled.protocols.\n\n"
    "Exit code: 0 stopped by a signal, 1 could not start, 2 wrong usage.\n";

enum {
    OPTION_HELP = 1,
    OPTION_DATA,
    OPTION_CONFIG,
    OPTION_LISTEN,
    OPTION_TLS_CERTIFICATE,
    OPTION_TLS_KEY,
    OPTION_QUERIES,
    OPTION_PASSWORDS,
    OPTION_INSECURE,
    OPTION_DURABILITY,
    OPTION_EXTENSION,
    OPTION_LOG_FORMAT,
    OPTION_LOG_REQUESTS
};

static const struct option options[] = {
    {"data", required_argument, NULL, OPTION_DATA},
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"tls-certificate", required_argument, NULL, OPTION_TLS_CERTIFICATE},
    {"tls-key", required_argument, NULL, OPTION_TLS_KEY},
    {"queries-file", required_argument, NULL, OPTION_QUERIES},
    {"password-file", required_argument, NULL, OPTION_PASSWORDS},
    {"insecure", no_argument, NULL, OPTION_INSECURE},
    {"durability", required_argument, NULL, OPTION_DURABILITY},
    {"extension", required_argument, NULL, OPTION_EXTENSION},
    {"log-format", required_argument, NULL, OPTION_LOG_FORMAT},
    {"log-requests", no_argument, NULL, OPTION_LOG_REQUESTS},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* --- Options ---------------------------------------------------------------------------------- */

static int usage_error(const char *message)
{
    (void)fprintf(stderr, "leat serve: %s\n\n%s", message, help);
    return 2;
}

/* Returns -1 to go on, or the exit code. */
static int take_choice(struct serve *serve, int option)
{
    switch (option) {
    case OPTION_DURABILITY:
        return durability_parse(optarg, &serve->durability, &serve->diag) == STATUS_OK
                   ? -1
                   : usage_error(serve->diag.message);
    case OPTION_EXTENSION:
        return extension_option_add(&serve->extensions, optarg, &serve->diag) == STATUS_OK
                   ? -1
                   : usage_error(serve->diag.message);
    case OPTION_LOG_FORMAT:
        serve->log_options.format = strcmp(optarg, "json") == 0 ? LOG_JSON : LOG_LOGFMT;
        return serve->log_options.format == LOG_JSON || strcmp(optarg, "logfmt") == 0
                   ? -1
                   : usage_error("--log-format is logfmt or json");
    case OPTION_HELP:
        (void)fputs(help, stdout);
        return 0;
    default:
        (void)fputs(help, stderr);
        return 2;
    }
}

static int take_option(struct serve *serve, int option)
{
    switch (option) {
    case OPTION_DATA:
        serve->data_dir = optarg;
        return -1;
    case OPTION_CONFIG:
        serve->config_file = optarg;
        return -1;
    case OPTION_LISTEN:
        serve->listen = optarg;
        return -1;
    case OPTION_TLS_CERTIFICATE:
        serve->tls.store_file = optarg;
        return -1;
    case OPTION_TLS_KEY:
        serve->tls.key_file = optarg;
        return -1;
    case OPTION_QUERIES:
        serve->queries_file = optarg;
        return -1;
    case OPTION_PASSWORDS:
        serve->password_file = optarg;
        return -1;
    case OPTION_INSECURE:
        serve->is_insecure = true;
        return -1;
    case OPTION_LOG_REQUESTS:
        serve->log_options.level = LOG_DEBUG;
        return -1;
    default:
        return take_choice(serve, option);
    }
}

static int take_options(struct serve *serve, int argc, char **argv)
{
    int option = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const int code = take_option(serve, option);
        if (code >= 0) {
            return code;
        }
    }
    return optind == argc ? -1 : usage_error("there is an argument too many");
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
    serve->log_options = (struct log_options){.out = stderr, .level = LOG_INFO};
    int code = take_options(serve, argc, argv);
    if (code < 0) {
        code = serve_until_signal(serve);
    }
    arena_release(&serve->arena);
    memory_free(serve);
    return code;
}
