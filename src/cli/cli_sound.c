/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sounds for the commands: loaded whole, or read where they lie. */
#include <string.h>

#include "cli.h"

static bool on_progress(void *ctx, int64_t n_done, int64_t n_total)
{
    cli_progress_update(ctx, n_total > 0 ? (double)n_done / (double)n_total : -1.0);
    return !cli_is_interrupted();
}

SonoCodecOptions cli_codec_options(CliProgress *p)
{
    return (SonoCodecOptions){.progress = on_progress, .progress_ctx = p};
}

static bool until_interrupted(void *ctx, int64_t n_done, int64_t n_total)
{
    (void)ctx;
    (void)n_done;
    (void)n_total;
    return !cli_is_interrupted();
}

/* Any reader, until Ctrl+C. */
static SonoStatus read_until_interrupted(void *ctx, int channel, int64_t start_frame, int64_t n_frames, float *dst,
                                         SonoError *err)
{
    const CliSound *s = ctx;
    if (cli_is_interrupted()) {
        return sono_fail(err, SONO_E_CANCELLED, "cancelled");
    }
    return s->source.read(s->source.ctx, channel, start_frame, n_frames, dst, err);
}

static SonoStatus open_in_place(CliSound *s, const char *path, SonoError *err)
{
    const SonoCodecOptions options = {.progress = until_interrupted};
    SonoStatus status = sono_decoder_open(path, &options, &s->decoder, &s->report.info, err);
    if (status != SONO_OK) {
        return status;
    }
    if (!s->report.info.seekable || s->report.info.n_frames_claimed <= 0) {
        sono_decoder_close(s->decoder);
        s->decoder = NULL;
        return SONO_OK;
    }
    s->source = sono_decoder_reader(s->decoder);
    sono_decoder_report(s->decoder, &s->report);
    s->report.n_frames = s->source.n_frames;
    return SONO_OK;
}

static SonoStatus load(CliSound *s, const char *path, SonoError *err)
{
    CliProgress progress;
    cli_progress_begin(&progress, "reading");
    const SonoCodecOptions options = cli_codec_options(&progress);
    SonoStatus status = sono_pcm_store_new(0, NULL, &s->store, err);
    if (status == SONO_OK) {
        status = sono_clip_load(path, &options, s->store, &s->clip, &s->report, err);
    }
    cli_progress_end(&progress);
    if (status != SONO_OK) {
        return status;
    }
    s->source = sono_clip_reader(s->clip);
    return SONO_OK;
}

SonoStatus cli_sound_open(CliSound *s, const char *path, bool in_place, SonoError *err)
{
    SonoStatus status = SONO_OK;
    if (in_place) {
        status = open_in_place(s, path, err);
    }
    if (status == SONO_OK && !s->decoder) {
        status = load(s, path, err);
    }
    if (status != SONO_OK) {
        cli_sound_close(s);
        return status;
    }
    s->reader = s->source;
    s->reader.read = read_until_interrupted;
    s->reader.ctx = s;
    if (s->report.warning[0]) {
        cli_warning("%s", s->report.warning);
    }
    return status;
}

void cli_sound_close(CliSound *s)
{
    sono_decoder_close(s->decoder);
    sono_clip_unref(s->clip);
    sono_pcm_store_unref(s->store);
    memset(s, 0, sizeof *s);
}
