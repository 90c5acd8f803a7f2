/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing of figures with Cairo. The spectrogram's pixels are copied one to one; only what is around them is drawn. */
#include "figure.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

#include "sono_ticks.h"

#define MARGIN_LEFT 72
#define MARGIN_RIGHT 104
#define MARGIN_TOP 34
#define MARGIN_BOTTOM 50
#define PANEL_GAP 30
#define BAR_GAP 18
#define BAR_WIDTH 16
#define TICK_PX 5
#define FONT_PX 12.0
#define TITLE_PX 13.0
#define MIN_PANEL_PX 32

static const double ink[3] = {0.13, 0.13, 0.15};

bool figure_layout(int width_px, int height_px, int n_panels, FigureLayout *out)
{
    FigureLayout l = {.n_panels = n_panels, .x = MARGIN_LEFT, .width_px = width_px - MARGIN_LEFT - MARGIN_RIGHT};
    const int room = height_px - MARGIN_TOP - MARGIN_BOTTOM - (n_panels - 1) * PANEL_GAP;
    l.panel_height_px = room / n_panels;
    for (int i = 0; i < n_panels; i++) {
        l.y[i] = MARGIN_TOP + i * (l.panel_height_px + PANEL_GAP);
    }
    *out = l;
    return room > 0 && l.width_px >= MIN_PANEL_PX && l.panel_height_px >= MIN_PANEL_PX;
}

typedef enum Align { ALIGN_START, ALIGN_MIDDLE, ALIGN_END } Align;

/* Text whose anchor (by align) is at x, its middle at y. */
static void draw_text(cairo_t *cr, const char *text, double x, double y, Align align)
{
    cairo_text_extents_t e;
    cairo_font_extents_t f;
    cairo_text_extents(cr, text, &e);
    cairo_font_extents(cr, &f);
    const double shift = align == ALIGN_START ? 0.0 : align == ALIGN_MIDDLE ? e.x_advance / 2 : e.x_advance;
    cairo_move_to(cr, floor(x - shift + 0.5), floor(y + (f.ascent - f.descent) / 2 + 0.5));
    cairo_show_text(cr, text);
}

static void draw_vertical_text(cairo_t *cr, const char *text, double x, double y)
{
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_rotate(cr, -G_PI / 2);
    draw_text(cr, text, 0.0, 0.0, ALIGN_MIDDLE);
    cairo_restore(cr);
}

/* A title that is too long ends in an ellipsis. */
static void draw_title(cairo_t *cr, const char *text, double x, double y, double width)
{
    g_autoptr(GString) s = g_string_new(text);
    cairo_text_extents_t e;
    cairo_text_extents(cr, s->str, &e);
    bool cut = false;
    while (e.x_advance > width && s->len > 0) {
        const char *last = g_utf8_find_prev_char(s->str, s->str + s->len);
        g_autofree char *shown = NULL;
        g_string_truncate(s, last ? (gsize)(last - s->str) : 0);
        shown = g_strconcat(s->str, "\xe2\x80\xa6", NULL);
        cairo_text_extents(cr, shown, &e);
        cut = true;
    }
    if (cut) {
        g_string_append(s, "\xe2\x80\xa6");
    }
    draw_text(cr, s->str, x, y, ALIGN_START);
}

static void draw_tick(cairo_t *cr, double x, double y, double dx, double dy)
{
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, x + dx, y + dy);
    cairo_stroke(cr);
}

static void draw_frame(cairo_t *cr, double x, double y, double width, double height)
{
    cairo_rectangle(cr, x - 0.5, y - 0.5, width + 1.0, height + 1.0);
    cairo_stroke(cr);
}

static void draw_freq_axis(cairo_t *cr, const Figure *figure, int panel)
{
    const FigureLayout *l = &figure->layout;
    const double height = l->panel_height_px;
    const SonoTickRoom room = {height, 2.2 * FONT_PX, 0.0};
    SonoTickList list;
    if (figure->notes_a4_hz > 0.0) {
        sono_ticks_notes(&figure->spec.axis, figure->notes_a4_hz, room, &list);
    } else {
        sono_ticks_freq(&figure->spec.axis, room, &list);
    }
    for (size_t i = 0; i < list.n; i++) {
        const SonoTick *t = &list.ticks[i];
        const double up = height * sono_freq_axis_position(&figure->spec.axis, t->value);
        const double y = floor(l->y[panel] + height - up) + (up >= height ? 0.5 : -0.5);
        draw_tick(cr, l->x, y, t->label[0] ? -TICK_PX : -TICK_PX / 2.0, 0.0);
        draw_text(cr, t->label, l->x - TICK_PX - 3, y, ALIGN_END);
    }
    draw_vertical_text(cr, list.title, 16.0, l->y[panel] + height / 2);
}

static void draw_time_axis(cairo_t *cr, const Figure *figure, int panel, bool labels)
{
    const FigureLayout *l = &figure->layout;
    const SonoPictureSpec *spec = &figure->spec;
    const double bottom = l->y[panel] + l->panel_height_px;
    SonoTickList list;
    sono_ticks_time(SONO_TICKS_CLOCK, spec->t0_s, spec->t1_s, 1.0, (SonoTickRoom){l->width_px, 80.0, 0.0}, &list);
    for (size_t i = 0; i < list.n; i++) {
        const SonoTick *t = &list.ticks[i];
        const double x = floor(l->x + l->width_px * (t->value - spec->t0_s) / (spec->t1_s - spec->t0_s)) + 0.5;
        draw_tick(cr, x, bottom, 0.0, TICK_PX);
        if (labels) {
            draw_text(cr, t->label, x, bottom + TICK_PX + 9, ALIGN_MIDDLE);
        }
    }
    if (labels) {
        draw_text(cr, list.title, l->x + l->width_px / 2.0, bottom + TICK_PX + 28, ALIGN_MIDDLE);
    }
}

static void draw_colour_bar(cairo_t *cr, const Figure *figure)
{
    const FigureLayout *l = &figure->layout;
    const SonoPictureSpec *spec = &figure->spec;
    const double x = l->x + l->width_px + BAR_GAP;
    const double top = l->y[0], bottom = l->y[l->n_panels - 1] + l->panel_height_px;
    for (int y = (int)top; y < (int)bottom; y++) {
        const int at = (int)(255.0 * (bottom - 0.5 - y) / (bottom - top) + 0.5);
        const uint8_t *rgb = spec->map->rgb[at];
        cairo_set_source_rgb(cr, rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0);
        cairo_rectangle(cr, x, y, BAR_WIDTH, 1.0);
        cairo_fill(cr);
    }
    cairo_set_source_rgb(cr, ink[0], ink[1], ink[2]);
    draw_frame(cr, x, top, BAR_WIDTH, bottom - top);
    SonoTickList list;
    sono_ticks_level(spec->floor_db, spec->ceiling_db, (SonoTickRoom){bottom - top, 2.5 * FONT_PX, 0.0}, &list);
    for (size_t i = 0; i < list.n; i++) {
        const SonoTick *t = &list.ticks[i];
        const double up = (bottom - top) * (t->value - spec->floor_db) / (spec->ceiling_db - spec->floor_db);
        const double y = floor(bottom - up) + (up >= bottom - top ? 0.5 : -0.5);
        draw_tick(cr, x + BAR_WIDTH, y, TICK_PX, 0.0);
        draw_text(cr, t->label, x + BAR_WIDTH + TICK_PX + 4, y, ALIGN_START);
    }
    draw_vertical_text(cr, list.title, figure->width_px - 14.0, (top + bottom) / 2);
}

static SonoStatus draw_panel(cairo_surface_t *surface, const Figure *figure, int panel, SonoError *err)
{
    const FigureLayout *l = &figure->layout;
    const size_t n = (size_t)l->width_px * (size_t)l->panel_height_px;
    uint8_t *rgb = g_try_malloc_n(n, 3);
    if (!rgb) {
        return sono_fail(err, SONO_E_NOMEM, "no memory for a picture");
    }
    sono_picture_colours(&figure->spec, figure->levels[panel], rgb);
    cairo_surface_flush(surface);
    unsigned char *data = cairo_image_surface_get_data(surface);
    const size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t y = 0; y < (size_t)l->panel_height_px; y++) {
        unsigned char *row = data + ((size_t)l->y[panel] + y) * stride + 4 * (size_t)l->x;
        for (size_t x = 0; x < (size_t)l->width_px; x++) {
            const uint8_t *p = rgb + 3 * (y * (size_t)l->width_px + x);
            const uint32_t pixel = UINT32_C(0xff000000) | (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
            memcpy(row + 4 * x, &pixel, 4);
        }
    }
    cairo_surface_mark_dirty(surface);
    g_free(rgb);
    return SONO_OK;
}

static cairo_status_t append_png(void *closure, const unsigned char *data, unsigned int length)
{
    g_byte_array_append(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void draw_around(cairo_t *cr, const Figure *figure)
{
    const FigureLayout *l = &figure->layout;
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_line_width(cr, 1.0);
    cairo_set_source_rgb(cr, ink[0], ink[1], ink[2]);
    for (int i = 0; i < l->n_panels; i++) {
        cairo_set_font_size(cr, TITLE_PX);
        draw_title(cr, figure->titles[i], l->x, l->y[i] - 14.0, l->width_px);
        cairo_set_font_size(cr, FONT_PX);
        draw_frame(cr, l->x, l->y[i], l->width_px, l->panel_height_px);
        draw_freq_axis(cr, figure, i);
        draw_time_axis(cr, figure, i, i == l->n_panels - 1);
    }
    draw_colour_bar(cr, figure);
}

SonoStatus figure_to_png(const Figure *figure, GByteArray *png, SonoError *err)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, figure->width_px, figure->height_px);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1.0, 1.0, 1.0);
    cairo_paint(cr);
    SonoStatus status =
        cairo_status(cr) == CAIRO_STATUS_SUCCESS
            ? SONO_OK
            : sono_fail(err, SONO_E_NOMEM, "no memory for a picture of %d x %d", figure->width_px, figure->height_px);
    for (int i = 0; i < figure->layout.n_panels && status == SONO_OK; i++) {
        status = draw_panel(surface, figure, i, err);
    }
    if (status == SONO_OK) {
        draw_around(cr, figure);
        const cairo_status_t result = cairo_surface_write_to_png_stream(surface, append_png, png);
        if (result != CAIRO_STATUS_SUCCESS) {
            status = sono_fail(err, SONO_E_NOMEM, "cannot make a PNG: %s", cairo_status_to_string(result));
        }
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return status;
}
