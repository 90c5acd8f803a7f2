/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An edit in a few words, for lists: "Gain -12.0 dB, 1.20 to 1.85 s, 440 to 880 Hz". */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "document_private.h"
#include "sono_transform.h"
#include "utf8.h"

typedef struct Text {
    char *buf;
    size_t n_bytes, n;
    SonoTranslateFn translate; /* NULL: as it is */
} Text;

/* A word in the user's language. */
static const char *word(const Text *t, const char *english)
{
    return t->translate ? t->translate(english) : english;
}

static void put(Text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(Text *t, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(t->buf + t->n, t->n_bytes - t->n, fmt, args);
    va_end(args);
    t->n += n > 0 ? (size_t)n : 0;
    t->n = t->n < t->n_bytes ? t->n : t->n_bytes - 1;
}

/* A cut must not leave a part of a character. */
static void trim(Text *t)
{
    size_t whole = 0;
    uint32_t c = 0;
    for (size_t n = 0; whole < t->n && (n = sono_utf8_next(t->buf + whole, t->n - whole, &c)) > 0;) {
        whole += n;
    }
    t->buf[whole] = '\0';
}

static void put_param(Text *t, const SonoParamDesc *d, double value, const char *title)
{
    /* "Gain -12.0 dB", not "Gain Gain -12.0 dB" */
    const char *name = strcmp(d->title, title) == 0 ? "" : word(t, d->title);
    const char *space = *name ? " " : "";
    const char *unit_space = *d->unit ? " " : "";
    switch (d->kind) {
    case SONO_PARAM_FLOAT:
        put(t, " %s%s%.*f%s%s", name, space, fabs(value) < 1.0 && value != 0.0 ? 2 : 1, value, unit_space, d->unit);
        break;
    case SONO_PARAM_INT:
        put(t, " %s%s%.0f%s%s", name, space, value, unit_space, d->unit);
        break;
    case SONO_PARAM_ENUM:
        put(t, " %s%s%s", name, space, word(t, d->choices[(size_t)value]));
        break;
    case SONO_PARAM_BOOL:
        if (value != 0.0) {
            put(t, " %s", word(t, d->title));
        }
        break;
    }
}

static void put_operation(Text *t, const SonoEdit *edit)
{
    const SonoOperation *op = edit->operation;
    put(t, "%s", word(t, op->title));
    size_t i = 0;
    if (op->takes_state) {
        const double state = edit->params.v[i++];
        if (state == 0.0) {
            put(t, " %s", word(t, "original"));
        } else {
            put(t, " %s %.0f", word(t, "state"), state);
        }
    }
    for (; i < op->params.n; i++) {
        put_param(t, &op->params.desc[i], edit->params.v[i], op->title);
    }
}

/* The region, but for an axis that is covered as a whole. */
static void put_region(Text *t, SonoRegion r, double end_s, double top_hz)
{
    if (sono_region_is_empty(r)) {
        return;
    }
    if (r.t0_s > 0.0 || r.t1_s < end_s) {
        const int digits = r.t1_s - r.t0_s < 0.1 ? 3 : 2;
        put(t, ", %.*f %s %.*f s", digits, r.t0_s, word(t, "to"), digits, r.t1_s);
    }
    if (r.f0_hz > 0.0 || r.f1_hz < top_hz) {
        const double height_hz = r.f1_hz - r.f0_hz;
        if (r.f0_hz >= 1000.0 && height_hz >= 100.0) {
            put(t, ", %.2f %s %.2f kHz", 1e-3 * r.f0_hz, word(t, "to"), 1e-3 * r.f1_hz);
        } else {
            const int digits = height_hz < 10.0 ? 1 : 0;
            put(t, ", %.*f %s %.*f Hz", digits, r.f0_hz, word(t, "to"), digits, r.f1_hz);
        }
    }
}

/* Unless it was chosen for the edit. */
static void put_transform(Text *t, const SonoEdit *edit)
{
    const SonoTransform *transform = sono_transform_find(edit->transform);
    if (transform) {
        put(t, ", %s", word(t, transform->title));
    }
}

const char *sono_document_describe_edit(const SonoDocument *doc, size_t index, SonoTranslateFn translate, char *buf,
                                        size_t n_bytes)
{
    Text t = {buf, n_bytes, 0, translate};
    if (n_bytes == 0) {
        return buf;
    }
    buf[0] = '\0';
    if (index >= doc->n_steps) {
        return buf;
    }
    const SonoHistoryStep *step = &doc->steps[index];
    if (step->edit.label[0]) {
        put(&t, "%s", step->edit.label);
    } else {
        const double rate_hz = sono_clip_rate_hz(doc->base);
        put_operation(&t, &step->edit);
        put_region(&t, step->region, (double)sono_clip_n_frames(doc->base) / rate_hz, 0.5 * rate_hz);
        put_transform(&t, &step->edit);
    }
    trim(&t);
    return buf;
}
