/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing the child says is believed: it may be in the hands of the file it decodes. */
#include <stdio.h>
#include <string.h>

#include "codec_child.h"

static void clean(char *s, size_t n)
{
    s[n - 1] = 0;
    for (char *p = s; *p; p++) {
        if (*p < 0x20 || *p > 0x7e) {
            *p = '?';
        }
    }
}

void sono_codec_reply_clean_text(CodecReply *reply)
{
    clean(reply->format, sizeof reply->format);
    clean(reply->subtype, sizeof reply->subtype);
    clean(reply->text, sizeof reply->text);
    size_t n = strlen(reply->text);
    while (n > 0 && (reply->text[n - 1] == '.' || reply->text[n - 1] == ' ')) { /* "No such file." -> one clause */
        reply->text[--n] = 0;
    }
}

SonoStatus sono_codec_reply_info(CodecReply *reply, const char *file_name, SonoAudioInfo *info, SonoError *err)
{
    if (reply->n_channels < 1 || reply->n_channels > SONO_MAX_CHANNELS) {
        return sono_fail(err, SONO_E_FORMAT, "%s: the decoder claims %d channels", file_name, (int)reply->n_channels);
    }
    if (reply->rate_hz < 1 || reply->rate_hz > CODEC_MAX_RATE_HZ) {
        return sono_fail(err, SONO_E_FORMAT, "%s: the decoder claims a rate of %d Hz", file_name, (int)reply->rate_hz);
    }
    if (reply->n_frames < -1 || reply->n_frames > CODEC_MAX_FRAMES) {
        return sono_fail(err, SONO_E_FORMAT, "%s: the decoder claims %lld frames", file_name,
                         (long long)reply->n_frames);
    }
    if (reply->bits < 0 || reply->bits > 64 || (reply->flags & ~(uint32_t)CODEC_FLAGS_ALL) || !reply->format[0] ||
        !reply->subtype[0]) {
        return sono_fail(err, SONO_E_FORMAT, "%s: the decoder's description of the file makes no sense", file_name);
    }
    *info = (SonoAudioInfo){.rate_hz = reply->rate_hz,
                            .n_channels = reply->n_channels,
                            .n_frames_claimed = reply->n_frames,
                            .seekable = (reply->flags & CODEC_FLAG_SEEKABLE) && reply->n_frames >= 0,
                            .bits = reply->bits};
    (void)snprintf(info->format, sizeof info->format, "%s", reply->format);
    (void)snprintf(info->subtype, sizeof info->subtype, "%s", reply->subtype);
    return SONO_OK;
}

SonoStatus sono_codec_reply_count(const CodecReply *reply, int64_t most, const char *file_name, SonoError *err)
{
    if (reply->n_frames < 0 || reply->n_frames > most || (reply->flags & ~(uint32_t)CODEC_FLAGS_ALL)) {
        return sono_fail(err, SONO_E_FORMAT, "%s: the decoder claims %lld frames in a block of %lld", file_name,
                         (long long)reply->n_frames, (long long)most);
    }
    return SONO_OK;
}
