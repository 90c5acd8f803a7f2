/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole file into a clip. Memory is taken for what has been decoded, never for what the header claims. */
#include <stdio.h>

#include "decoder_internal.h"

/* Straight into the clip's blocks: every copy of a sound of hours is gigabytes. */
static SonoStatus append_all(SonoDecoder *dec, SonoClipBuilder *builder, const SonoLoadWatch *watch, SonoError *err)
{
    const int64_t block_frames = sono_decoder_block_frames(dec);
    float *planes[SONO_MAX_CHANNELS];
    SonoStatus status;
    int64_t n_read = 0;
    do {
        int64_t n_room = 0;
        status = sono_clip_builder_reserve(builder, planes, &n_room, err);
        if (status == SONO_OK) {
            n_room = n_room < block_frames ? n_room : block_frames;
            status = sono_decoder_next(dec, n_room, planes, &n_read, err);
        }
        if (status == SONO_OK && n_read > 0) {
            sono_clip_builder_commit(builder, n_read);
            if (watch && watch->grown) {
                watch->grown(watch->ctx, builder);
            }
        }
    } while (status == SONO_OK && n_read > 0);
    return status;
}

/* Says in one line what was wrong with a file that opened all the same. */
void sono_decoder_report(const SonoDecoder *dec, SonoLoadReport *report)
{
    const SonoDecoderEnd end = sono_decoder_end(dec);
    const char *name = sono_decoder_name(dec);
    *report = (SonoLoadReport){
        .info = *sono_decoder_info(dec), .n_frames = end.n_frames, .n_scrubbed = sono_decoder_n_scrubbed(dec)};
    const long long n = report->n_frames, claimed = report->info.n_frames_claimed;
    const size_t size = sizeof report->warning;
    report->truncated = true;
    if (end.recovered) {
        (void)snprintf(report->warning, size, "%s: was never finished by its recorder; recovered %lld frames", name,
                       end.complete ? n : claimed);
    } else if (end.broken) {
        (void)snprintf(report->warning, size, "%s: damaged after %lld frames (%.60s); kept what came before", name, n,
                       end.reason);
    } else if (end.complete && claimed > n) {
        (void)snprintf(report->warning, size, "%s: ends early, %lld of %lld frames are there", name, n, claimed);
    } else if (end.shorter_than_header) {
        if (end.complete) {
            (void)snprintf(report->warning, size, "%s: its end is missing; kept the %lld frames that are there", name,
                           n);
        } else {
            (void)snprintf(report->warning, size, "%s: its end is missing", name);
        }
    } else {
        report->truncated = false;
        if (report->n_scrubbed > 0) {
            (void)snprintf(report->warning, size, "%s: %lld samples were not numbers and are silent now", name,
                           (long long)report->n_scrubbed);
        }
    }
}

SonoStatus sono_clip_load(const char *path, const SonoCodecOptions *options, SonoPcmStore *store, SonoClip **out,
                          SonoLoadReport *report, SonoError *err)
{
    return sono_clip_load_watched(path, options, NULL, store, out, report, err);
}

SonoStatus sono_clip_load_watched(const char *path, const SonoCodecOptions *options, const SonoLoadWatch *watch,
                                  SonoPcmStore *store, SonoClip **out, SonoLoadReport *report, SonoError *err)
{
    SonoLoadReport local = {0};
    SonoDecoder *dec = NULL;
    SonoClipBuilder *builder = NULL;
    SonoClip *clip = NULL;
    SonoStatus status = sono_decoder_open(path, options, &dec, &local.info, err);
    if (status != SONO_OK) {
        return status;
    }
    status = sono_clip_builder_new(store, local.info.rate_hz, local.info.n_channels, &builder, err);
    if (status == SONO_OK && watch && watch->opened) {
        watch->opened(watch->ctx, dec, &local.info);
    }
    if (status == SONO_OK) {
        status = append_all(dec, builder, watch, err);
    }
    if (status != SONO_OK) {
        goto done;
    }
    sono_decoder_report(dec, &local);
    if (local.n_frames == 0) {
        const SonoDecoderEnd end = sono_decoder_end(dec);
        status = sono_fail(err, SONO_E_FORMAT, "%s: holds no sound%s%s", sono_decoder_name(dec), end.broken ? ": " : "",
                           end.broken ? end.reason : "");
        goto done;
    }
    status = sono_clip_builder_finish(builder, &clip, err);
    builder = NULL;
done:
    sono_clip_builder_free(builder);
    sono_decoder_close(dec);
    if (status == SONO_OK) {
        *out = clip;
        if (report) {
            *report = local;
        }
    }
    return status;
}
