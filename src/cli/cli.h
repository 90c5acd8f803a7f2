/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands share: the table, exit codes, messages, options, sounds and progress.
 * Data goes to standard output and nothing else does; a failure is one line on standard error. Text that comes from
 * outside (file names, titles, messages of libraries) is cleaned of what could steer a terminal. */
#pragma once
#include <glib.h>
#include <stdbool.h>

#include "sono_clip.h"
#include "sono_codec.h"
#include "sono_commit.h"
#include "sono_document.h"
#include "sono_edit_script.h"
#include "sono_engine.h"
#include "sono_json_writer.h"
#include "sono_transform.h"

typedef enum CliExit {
    CLI_OK = 0,
    CLI_FAILED = 1,    /* a file, a format, a device or memory */
    CLI_USAGE = 2,     /* the command line itself */
    CLI_CANCELLED = 3, /* interrupted (Ctrl+C): nothing was written */
} CliExit;

typedef struct CliCommand {
    const char *name;
    const char *operands;                                                 /* "FILE", for the usage line */
    const char *summary;                                                  /* one line */
    const char *details;                                                  /* for `help NAME`, or NULL */
    CliExit (*run)(const struct CliCommand *self, int argc, char **argv); /* argv[0] is the name */
} CliCommand;

extern const CliCommand *const cli_commands[]; /* NULL-ended */
const CliCommand *cli_command_find(const char *name);

/* --- cli_text.c --- */
/* Printable UTF-8: control, bidirectional and invalid bytes become \xNN or \u{NNNN}. */
char *cli_clean_text(const char *text);
/* One line "sonobrush-cli: ..." on standard error. */
void cli_error(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void cli_warning(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
/* Say what failed; the exit code that goes with it. */
CliExit cli_fail(const SonoError *err);
/* Usage error of a command, with a pointer to its help. */
CliExit cli_usage_error(const CliCommand *command, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
/* Print and free what the writer holds. */
CliExit cli_print_json(SonoJsonWriter *w);
void cli_text_init(void);

/* --- main.c --- */
/* True after Ctrl+C (or SIGTERM, SIGHUP). */
bool cli_is_interrupted(void);
/* Becomes obsolete then. */
SonoJobTicket cli_interrupt_ticket(void);

/* --- cli_options.c --- */
typedef struct CliParser {
    const CliCommand *command;
    GArray *entries;  /* of GOptionEntry */
    GPtrArray *texts; /* owned strings the entries point to */
    char **operands;  /* after cli_parser_run; NULL-ended */
} CliParser;

void cli_parser_init(CliParser *p, const CliCommand *command);
/* entries end with an empty one and may live on the stack; what they point to must outlive the parser. */
void cli_parser_add(CliParser *p, const GOptionEntry *entries);
/* True: go on; false: *code is the exit code (--help was asked for, or a usage error was reported). */
bool cli_parser_run(CliParser *p, int argc, char **argv, guint n_min, guint n_max, CliExit *code);
void cli_parser_clear(CliParser *p);

/* A command that reports, with --json as its only option; operand: the one operand, or NULL. */
typedef CliExit (*CliReport)(const char *operand, bool json);
CliExit cli_run_report(const CliCommand *command, int argc, char **argv, guint n_operands, CliReport report);

/* --- cli_transform.c --- */
typedef struct CliTransform {
    const SonoTransform *transform;
    const SonoPreset *preset; /* NULL: none */
    SonoParams params;
    bool is_given;                 /* by --transform or --preset */
    char *name, *preset_name;      /* of --transform, --preset */
    char *values[SONO_MAX_PARAMS]; /* of the transform's own options */
} CliTransform;

/* The transform named, NULL: that of the preset or the first, with the preset's values or its defaults; false: there is
 * none, reported. */
bool cli_transform_choose(CliTransform *t, const CliCommand *command, const char *name, const char *preset_name);
/* Adds --transform, --preset and the options of the transform they name; false: unknown, reported. */
bool cli_transform_add(CliTransform *t, CliParser *p, int argc, char **argv);
/* After cli_parser_run: check the values; false: reported. */
bool cli_transform_finish(CliTransform *t, const CliParser *p);
void cli_transform_clear(CliTransform *t);
/* The axis on which it is best looked at. */
SonoAxisScale cli_transform_scale(const CliTransform *t);
void cli_transform_json(SonoJsonWriter *w, const char *key, const SonoPlan *plan);

/* --- cli_params.c --- */
void cli_params_json(SonoJsonWriter *w, SonoParamTable table); /* as "params" */
void cli_params_print(SonoParamTable table);
/* Of one parameter, owned by the caller: its option without the dashes ("bins_per_octave" is --bins-per-octave); "3 to
 * 96 (default 48)". */
char *cli_option_name(const SonoParamDesc *d);
char *cli_param_range(const SonoParamDesc *d, double value);

/* --- cli_engine.c --- */
typedef struct CliEngineOptions {
    char *backend;
    int n_threads;
} CliEngineOptions;
void cli_engine_add(CliEngineOptions *o, CliParser *p); /* --backend, --threads */
/* After cli_parser_run: check the values; false: reported. */
bool cli_engine_finish(const CliEngineOptions *o, const CliParser *p);
SonoStatus cli_engine_open(const CliEngineOptions *o, SonoEngine **out, SonoError *err);
void cli_engine_options_clear(CliEngineOptions *o);

/* --- cli_progress.c --- */
/* A bar on standard error while it is a terminal; nothing otherwise. */
typedef struct CliProgress {
    const char *what;
    bool shown, enabled;
    double last_s;
} CliProgress;
void cli_progress_begin(CliProgress *p, const char *what);
void cli_progress_update(CliProgress *p, double part); /* 0..1; negative: unknown */
void cli_progress_end(CliProgress *p);

/* --- cli_sound.c --- */
/* A sound that can be read from any thread: a clip, or a file read where it is (seekable formats). */
typedef struct CliSound {
    SonoPcmStore *store;
    SonoClip *clip; /* NULL when read in place */
    SonoDecoder *decoder;
    SonoPcmReader source; /* the clip's or the decoder's */
    SonoPcmReader reader; /* for use: the source, until Ctrl+C */
    SonoLoadReport report;
} CliSound;
/* Zero-initialised before. in_place: do not load the whole file where that can be avoided. Warns about what the file
 * lacks. */
SonoStatus cli_sound_open(CliSound *s, const char *path, bool in_place, SonoError *err);
void cli_sound_close(CliSound *s);
/* Codec options with a progress bar and cancel by Ctrl+C; valid while p is. */
SonoCodecOptions cli_codec_options(CliProgress *p);

/* --- cli_edits.c --- */
/* path: of the script, for messages. */
SonoStatus cli_edits_check(const SonoEditScript *script, const char *path, const SonoClip *clip, SonoError *err);
/* Commit all edits of a script into a document, with a progress bar, until Ctrl+C. reports: [n_edits], or NULL. */
SonoStatus cli_edits_apply(const SonoEditScript *script, const char *path, SonoEngine *engine, SonoDocument *document,
                           SonoCommitReport *reports, SonoError *err);
