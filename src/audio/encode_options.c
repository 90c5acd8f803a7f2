/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What kind of file a name asks for, and the samples that keep what the source had. */
#include <string.h>
#include <strings.h>

#include "input_file.h"
#include "sono_codec.h"

#define DEFAULT_VORBIS_QUALITY 0.6

static bool file_type_of(const char *path, SonoFileType *type)
{
    static const struct {
        const char *extension;
        SonoFileType type;
    } known[] = {{".wav", SONO_FILE_WAV},
                 {".aif", SONO_FILE_AIFF},
                 {".aiff", SONO_FILE_AIFF},
                 {".flac", SONO_FILE_FLAC},
                 {".ogg", SONO_FILE_OGG}};
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    for (size_t i = 0; dot && i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(dot, known[i].extension) == 0) {
            *type = known[i].type;
            return true;
        }
    }
    return false;
}

/* The smallest samples that hold the source's. Decoders of lossy formats give floats, but the old telephone and ADPCM
 * ones give 16-bit integers. */
static SonoSampleType sample_type_for(const SonoAudioInfo *source)
{
    static const char *const sixteen_bit[] = {"ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM", "GSM610"};
    if (!source || strcmp(source->subtype, "FLOAT") == 0 || strcmp(source->subtype, "DOUBLE") == 0) {
        return SONO_SAMPLE_FLOAT32;
    }
    for (size_t i = 0; i < sizeof sixteen_bit / sizeof *sixteen_bit; i++) {
        if (strcmp(source->subtype, sixteen_bit[i]) == 0) {
            return SONO_SAMPLE_PCM16;
        }
    }
    if (source->bits <= 0 || source->bits > 32) {
        return SONO_SAMPLE_FLOAT32;
    }
    if (source->bits <= 16) {
        return source->bits <= 8 ? SONO_SAMPLE_PCM8 : SONO_SAMPLE_PCM16;
    }
    return source->bits <= 24 ? SONO_SAMPLE_PCM24 : SONO_SAMPLE_PCM32;
}

SonoStatus sono_encode_options_for(const char *path, const SonoAudioInfo *source, SonoEncodeOptions *out,
                                   SonoError *err)
{
    SonoEncodeOptions options = {.sample = sample_type_for(source), .quality = DEFAULT_VORBIS_QUALITY};
    if (!file_type_of(path, &options.file)) {
        return sono_fail(err, SONO_E_UNSUPPORTED, "%s: sound is written as .wav, .aif, .aiff, .flac or .ogg",
                         sono_short_name(path).text);
    }
    if (options.file == SONO_FILE_FLAC &&
        (options.sample == SONO_SAMPLE_FLOAT32 || options.sample == SONO_SAMPLE_PCM32)) {
        options.sample = SONO_SAMPLE_PCM24;
    }
    if (options.file == SONO_FILE_OGG) {
        options.sample = SONO_SAMPLE_VORBIS;
    }
    *out = options;
    return SONO_OK;
}
