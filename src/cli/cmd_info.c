/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info FILE: what a sound file holds. The whole file is decoded, block by block, so what it says is what is there and
 * not what a header claims; memory does not grow with the file. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "sono_mem.h"

#define BLOCK_FRAMES 16384

typedef struct FileInfo {
    SonoLoadReport report;
    double peak[SONO_MAX_CHANNELS], sum_squares[SONO_MAX_CHANNELS];
} FileInfo;

static void measure(FileInfo *info, float *const *pcm, int64_t n)
{
    for (int c = 0; c < info->report.info.n_channels; c++) {
        double peak = info->peak[c], sum = 0.0;
        for (int64_t i = 0; i < n; i++) {
            const double x = fabs((double)pcm[c][i]);
            peak = x > peak ? x : peak;
            sum += x * x;
        }
        info->peak[c] = peak;
        info->sum_squares[c] += sum;
    }
}

static SonoStatus decode_all(SonoDecoder *decoder, FileInfo *info, SonoError *err)
{
    float *pcm[SONO_MAX_CHANNELS] = {NULL};
    const int n_channels = info->report.info.n_channels;
    float *block = sono_alloc_aligned((size_t)n_channels * BLOCK_FRAMES, sizeof *block);
    if (!block) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a block of sound");
    }
    for (int c = 0; c < n_channels; c++) {
        pcm[c] = block + (size_t)c * BLOCK_FRAMES;
    }
    SonoStatus status = SONO_OK;
    int64_t n = 1;
    while (status == SONO_OK && n > 0) {
        status = sono_decoder_next(decoder, BLOCK_FRAMES, pcm, &n, err);
        if (status == SONO_OK) {
            measure(info, pcm, n);
        }
    }
    sono_free(block);
    return status;
}

static SonoStatus inspect(const char *path, FileInfo *info, SonoError *err)
{
    CliProgress progress;
    cli_progress_begin(&progress, "reading");
    const SonoCodecOptions options = cli_codec_options(&progress);
    SonoDecoder *decoder = NULL;
    SonoStatus status = sono_decoder_open(path, &options, &decoder, &info->report.info, err);
    if (status == SONO_OK) {
        status = decode_all(decoder, info, err);
    }
    if (status == SONO_OK) {
        sono_decoder_report(decoder, &info->report);
    }
    sono_decoder_close(decoder);
    cli_progress_end(&progress);
    if (status == SONO_OK && info->report.n_frames == 0) {
        status = sono_fail(err, SONO_E_FORMAT, "%s: holds no sound", sono_short_name(path).text);
    }
    return status;
}

static double to_db(double amplitude)
{
    return amplitude > 0.0 ? 20.0 * log10(amplitude) : -INFINITY;
}

static double rms(const FileInfo *info, int channel)
{
    return sqrt(info->sum_squares[channel] / (double)info->report.n_frames);
}

static CliExit print_json(const char *path, const FileInfo *info)
{
    SonoJsonWriter w = {0};
    sono_json_begin_object(&w, NULL, SONO_JSON_LINES);
    sono_json_string(&w, "file", path);
    sono_json_string(&w, "format", info->report.info.format);
    sono_json_string(&w, "subtype", info->report.info.subtype);
    sono_json_int(&w, "bits", info->report.info.bits);
    sono_json_double(&w, "rate_hz", info->report.info.rate_hz);
    sono_json_int(&w, "n_channels", info->report.info.n_channels);
    sono_json_int(&w, "n_frames", info->report.n_frames);
    sono_json_double(&w, "duration_s", (double)info->report.n_frames / info->report.info.rate_hz);
    sono_json_bool(&w, "seekable", info->report.info.seekable);
    sono_json_int(&w, "n_non_finite", info->report.n_scrubbed);
    sono_json_bool(&w, "truncated", info->report.truncated);
    sono_json_string(&w, "warning", info->report.warning[0] ? info->report.warning : NULL);
    sono_json_begin_array(&w, "channels", SONO_JSON_LINES);
    for (int c = 0; c < info->report.info.n_channels; c++) {
        sono_json_begin_object(&w, NULL, SONO_JSON_INLINE);
        sono_json_double(&w, "peak", info->peak[c]);
        sono_json_double(&w, "peak_db", to_db(info->peak[c])); /* null when silent */
        sono_json_double(&w, "rms_db", to_db(rms(info, c)));
        sono_json_end_object(&w);
    }
    sono_json_end_array(&w);
    sono_json_end_object(&w);
    return cli_print_json(&w);
}

static void print_text(const char *path, const FileInfo *info)
{
    g_autofree char *name = cli_clean_text(path);
    g_autofree char *format = cli_clean_text(info->report.info.format);
    g_autofree char *subtype = cli_clean_text(info->report.info.subtype);
    const double seconds = (double)info->report.n_frames / info->report.info.rate_hz;
    const int64_t whole = (int64_t)seconds;
    printf("file         %s\n", name);
    printf("format       %s, %s", format, subtype);
    printf(info->report.info.bits > 0 ? " (%d bits)\n" : "\n", info->report.info.bits);
    printf("sample rate  %.15g Hz\n", info->report.info.rate_hz);
    printf("channels     %d\n", info->report.info.n_channels);
    printf("length       %lld frames, %lld:%02d:%06.3f\n", (long long)info->report.n_frames, (long long)(whole / 3600),
           (int)(whole / 60 % 60), seconds - (double)(whole / 60 * 60));
    if (info->report.n_scrubbed > 0) {
        printf("non-finite   %lld samples (read as 0)\n", (long long)info->report.n_scrubbed);
    }
    for (int c = 0; c < info->report.info.n_channels; c++) {
        if (info->peak[c] > 0.0) {
            printf("channel %-4d peak %.2f dBFS, RMS %.2f dBFS\n", c, to_db(info->peak[c]), to_db(rms(info, c)));
        } else {
            printf("channel %-4d silent\n", c);
        }
    }
}

static CliExit tell(const char *path, bool json)
{
    FileInfo *info = g_new0(FileInfo, 1);
    SonoError err = {0};
    CliExit code = CLI_OK;
    if (inspect(path, info, &err) != SONO_OK) {
        code = cli_fail(&err);
    } else {
        if (info->report.warning[0]) {
            cli_warning("%s", info->report.warning);
        }
        if (json) {
            code = print_json(path, info);
        } else {
            print_text(path, info);
        }
    }
    g_free(info);
    return code;
}

static CliExit run(const CliCommand *self, int argc, char **argv)
{
    return cli_run_report(self, argc, argv, 1, tell);
}

const CliCommand cli_command_info = {
    .name = "info",
    .operands = "FILE",
    .summary = "Say what a sound file holds: format, length, peak and RMS of each channel",
    .run = run,
};
