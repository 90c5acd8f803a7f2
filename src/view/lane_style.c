/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lane_style.h"

#include <math.h>

#define MAX_TEXTS 600
#define RESOURCE "/io/github/sonobrush/Sonobrush/"

static const char *const colour_names[N_LANE_COLOURS] = {
    [LANE_BG] = "sono_lane_bg",
    [LANE_RULER_BG] = "sono_ruler_bg",
    [LANE_LINE] = "sono_line",
    [LANE_TICK] = "sono_tick",
    [LANE_TICK_MINOR] = "sono_tick_minor",
    [LANE_TEXT] = "sono_text",
    [LANE_TEXT_DIM] = "sono_text_dim",
    [LANE_WAVE] = "sono_wave",
    [LANE_WAVE_RMS] = "sono_wave_rms",
    [LANE_CLIP] = "sono_clip",
    [LANE_ACCENT] = "sono_accent",
    [LANE_SELECTED] = "sono_selected",
    [LANE_FRAME] = "sono_frame",
    [LANE_SHADE] = "sono_shade",
    [LANE_PLAY] = "sono_play",
    [LANE_KEY_WHITE] = "sono_key_white",
    [LANE_KEY_BLACK] = "sono_key_black",
    [LANE_KEY_GAP] = "sono_key_gap",
    [LANE_KEY_TEXT] = "sono_key_text",
};

static void choose_scheme(GtkSettings *settings, GParamSpec *pspec, GtkCssProvider *provider)
{
    gboolean dark = FALSE;
    g_autofree char *theme = NULL;
    g_object_get(settings, "gtk-application-prefer-dark-theme", &dark, "gtk-theme-name", &theme, NULL);
    dark = dark || (theme && g_str_has_suffix(theme, "-dark"));
    gtk_css_provider_load_from_resource(provider, dark ? RESOURCE "view-dark.css" : RESOURCE "view-light.css");
}

void lane_style_install(void)
{
    static gsize done = 0;
    if (g_once_init_enter(&done)) {
        GdkDisplay *display = gdk_display_get_default();
        GtkSettings *settings = gtk_settings_get_for_display(display);
        g_autoptr(GtkCssProvider) rules = gtk_css_provider_new();
        g_autoptr(GtkCssProvider) scheme = gtk_css_provider_new();
        g_type_class_unref(g_type_class_ref(SONO_TYPE_CANVAS)); /* registers the resources */
        gtk_css_provider_load_from_resource(rules, RESOURCE "view.css");
        choose_scheme(settings, NULL, scheme);
        gtk_style_context_add_provider_for_display(display, GTK_STYLE_PROVIDER(scheme),
                                                   GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
        gtk_style_context_add_provider_for_display(display, GTK_STYLE_PROVIDER(rules),
                                                   GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
        g_signal_connect_object(settings, "notify::gtk-application-prefer-dark-theme", G_CALLBACK(choose_scheme),
                                scheme, 0);
        g_signal_connect_object(settings, "notify::gtk-theme-name", G_CALLBACK(choose_scheme), scheme, 0);
        g_once_init_leave(&done, 1);
    }
}

void lane_style_forget(LaneStyle *style)
{
    style->known = FALSE;
    g_clear_pointer(&style->texts, g_hash_table_unref);
}

void lane_style_clear(LaneStyle *style)
{
    lane_style_forget(style);
}

const GdkRGBA *lane_colour(LaneStyle *style, GtkWidget *widget, LaneColour which)
{
    if (!style->known) {
        GtkStyleContext *context = gtk_widget_get_style_context(widget);
        for (int i = 0; i < N_LANE_COLOURS; i++) {
            if (!gtk_style_context_lookup_color(context, colour_names[i], &style->colours[i])) {
                style->colours[i] = (GdkRGBA){0.5f, 0.5f, 0.5f, 1.0f};
            }
        }
        style->known = TRUE;
    }
    return &style->colours[which];
}

GdkRGBA lane_colour_alpha(LaneStyle *style, GtkWidget *widget, LaneColour which, float alpha)
{
    GdkRGBA colour = *lane_colour(style, widget, which);
    colour.alpha *= alpha;
    return colour;
}

/* A shaped text and its drawing, at (0, 0). */
typedef struct Text {
    GskRenderNode *node; /* NULL: nothing to draw */
    double width, height;
} Text;

static void free_text(gpointer data)
{
    Text *text = data;
    g_clear_pointer(&text->node, gsk_render_node_unref);
    g_free(text);
}

static const Text *shape(LaneStyle *style, GtkWidget *widget, const char *string, LaneColour colour)
{
    char key[64];
    (void)g_snprintf(key, sizeof key, "%d %s", (int)colour, string);
    if (!style->texts || g_hash_table_size(style->texts) > MAX_TEXTS) {
        g_clear_pointer(&style->texts, g_hash_table_unref);
        style->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_text);
    }
    Text *text = g_hash_table_lookup(style->texts, key);
    if (!text) {
        int width = 0;
        int height = 0;
        g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout(widget, string);
        g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
        g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new();
        pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum"));
        pango_layout_set_attributes(layout, attributes);
        pango_layout_get_size(layout, &width, &height);
        gtk_snapshot_append_layout(snapshot, layout, lane_colour(style, widget, colour));
        text = g_new0(Text, 1);
        text->node = gtk_snapshot_to_node(snapshot);
        text->width = (double)width / PANGO_SCALE;
        text->height = (double)height / PANGO_SCALE;
        g_hash_table_insert(style->texts, g_strdup(key), text);
    }
    return text;
}

void lane_text(LaneStyle *style, GtkWidget *widget, GtkSnapshot *snapshot, const char *string, LaneColour colour,
               double x, double y, double align_x, double align_y)
{
    const Text *text = shape(style, widget, string, colour);
    if (text->node) {
        const graphene_point_t at = {(float)lane_snap(widget, x - align_x * text->width),
                                     (float)lane_snap(widget, y - align_y * text->height)};
        gtk_snapshot_save(snapshot);
        gtk_snapshot_translate(snapshot, &at);
        gtk_snapshot_append_node(snapshot, text->node);
        gtk_snapshot_restore(snapshot);
    }
}

double lane_text_width(LaneStyle *style, GtkWidget *widget, const char *text)
{
    return shape(style, widget, text, LANE_TEXT)->width;
}

double lane_text_height(LaneStyle *style, GtkWidget *widget)
{
    return shape(style, widget, "0", LANE_TEXT)->height;
}

static guint32 byte_of(float part)
{
    return (guint32)lroundf(255.0f * CLAMP(part, 0.0f, 1.0f));
}

guint32 lane_pixel(const GdkRGBA *colour)
{
    return 0xff000000u | byte_of(colour->red) << 16 | byte_of(colour->green) << 8 | byte_of(colour->blue);
}

GdkTexture *lane_texture(guint32 *pixels, int width_px, int height_px)
{
    const gsize stride = 4 * (gsize)width_px;
    g_autoptr(GBytes) bytes = g_bytes_new_take(pixels, stride * (gsize)height_px);
    return gdk_memory_texture_new(width_px, height_px, GDK_MEMORY_DEFAULT, bytes, stride);
}

void lane_rect(GtkSnapshot *snapshot, const GdkRGBA *colour, double x, double y, double width, double height)
{
    if (width > 0.0 && height > 0.0) {
        gtk_snapshot_append_color(snapshot, colour,
                                  &GRAPHENE_RECT_INIT((float)x, (float)y, (float)width, (float)height));
    }
}

double lane_snap(GtkWidget *widget, double px)
{
    const double scale = gtk_widget_get_scale_factor(widget);
    return round(px * scale) / scale;
}

SonoViewState *lane_view(SonoCanvas *canvas)
{
    SonoScene *scene = canvas ? sono_canvas_scene(canvas) : NULL;
    return scene ? sono_scene_view(scene) : NULL;
}

void lane_follow(GtkWidget *widget, SonoCanvas *canvas, const char *signal)
{
    g_signal_connect_object(canvas, signal, G_CALLBACK(gtk_widget_queue_draw), widget, G_CONNECT_SWAPPED);
}

gboolean lane_span_px(const SonoViewState *view, double t0_s, double t1_s, double *x0_px, double *x1_px)
{
    *x0_px = fmax((t0_s - view->t0_s) / view->s_per_px, 0.0);
    *x1_px = fmin((t1_s - view->t0_s) / view->s_per_px, view->width_px);
    return *x1_px > *x0_px;
}

gboolean lane_selection(SonoCanvas *canvas, SonoRegion *region, LaneTimes *times, int *channel)
{
    SonoScene *scene = canvas ? sono_canvas_scene(canvas) : NULL;
    const SonoSelection *selection = scene ? sono_scene_selection(scene) : NULL;
    if (!selection || sono_selection_is_empty(selection)) {
        return FALSE;
    }
    const SonoViewState *view = sono_scene_view(scene);
    const SonoRegion bounds = sono_selection_region(selection, view->end_s, view->nyquist_hz);
    *channel = selection->channel;
    if (region) {
        *region = bounds;
    }
    if (times) {
        lane_times(selection, view->end_s, view->nyquist_hz, times);
    }
    return !sono_region_is_empty(bounds);
}

void lane_wheel(GtkEventControllerScroll *scroll, SonoCanvas *canvas, double x_px, double y_px, double dx, double dy,
                gboolean ctrl, gboolean shift)
{
    SonoViewState *view = lane_view(canvas);
    if (view) {
        const gboolean fine = gtk_event_controller_scroll_get_unit(scroll) == GDK_SCROLL_UNIT_SURFACE;
        const double step = fine ? 1.0 / 40.0 : 1.0; /* a touchpad counts pixels */
        sono_view_state_wheel(view, x_px, y_px, step * dx, step * dy, ctrl, shift);
        sono_canvas_refresh(canvas);
    }
}
