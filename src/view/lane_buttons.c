/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lane_buttons.h"

#include <glib/gi18n.h>

#include "lane_style.h"

#define LEFT_PX 3
#define NAME_PX 16 /* the channel's name is above */
#define STEP_PX 16
#define MAX_BYTES 32

enum { MUTE, SOLO, N_KINDS };

typedef struct LaneRow {
    GtkWidget *buttons[N_KINDS];
    int channel; /* -1: none yet */
} LaneRow;

struct _SonoLaneButtons {
    GtkWidget parent_instance;
    SonoCanvas *canvas; /* weak */
    GArray *rows;       /* LaneRow: as many as lanes were ever seen at once */
    gboolean showing;   /* the buttons follow the state, not the user */
    guint8 on[N_KINDS][MAX_BYTES];
};

G_DEFINE_FINAL_TYPE(SonoLaneButtons, sono_lane_buttons, GTK_TYPE_WIDGET)

static LaneRow *row_at(SonoLaneButtons *b, guint i)
{
    return &g_array_index(b->rows, LaneRow, i);
}

static void on_toggled(GtkToggleButton *button, SonoLaneButtons *b)
{
    static const char *const actions[N_KINDS] = {"win.channel-mute", "win.channel-solo"};
    if (b->showing) {
        return;
    }
    for (guint i = 0; i < b->rows->len; i++) {
        for (int kind = 0; kind < N_KINDS; kind++) {
            if (row_at(b, i)->buttons[kind] == GTK_WIDGET(button)) {
                (void)gtk_widget_activate_action(GTK_WIDGET(b), actions[kind], "i", row_at(b, i)->channel);
            }
        }
    }
}

static void add_row(SonoLaneButtons *b)
{
    /* translators: mute and solo, as on mixers */
    const char *const letters[N_KINDS] = {C_("channel", "M"), C_("channel", "S")};
    const char *const tips[N_KINDS] = {_("Mute this channel"), _("Hear this channel alone")};
    LaneRow row = {.channel = -1};
    for (int kind = 0; kind < N_KINDS; kind++) {
        row.buttons[kind] = gtk_toggle_button_new_with_label(letters[kind]);
        gtk_widget_set_focus_on_click(row.buttons[kind], FALSE);
        gtk_widget_set_tooltip_text(row.buttons[kind], tips[kind]);
        gtk_widget_add_css_class(row.buttons[kind], kind == MUTE ? "mute" : "solo");
        g_signal_connect(row.buttons[kind], "toggled", G_CALLBACK(on_toggled), b);
        gtk_widget_set_parent(row.buttons[kind], GTK_WIDGET(b));
    }
    g_array_append_val(b->rows, row);
}

static void show_row(SonoLaneButtons *b, LaneRow *row, int channel)
{
    for (int kind = 0; kind < N_KINDS; kind++) {
        const gboolean on = channel < 8 * MAX_BYTES && ((b->on[kind][channel / 8] >> (channel % 8)) & 1) != 0;
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(row->buttons[kind]), on);
        gtk_widget_set_visible(row->buttons[kind], TRUE);
        if (row->channel != channel) {
            g_autofree char *name =
                g_strdup_printf(kind == MUTE ? _("Mute channel %d") : _("Solo channel %d"), channel + 1);
            gtk_accessible_update_property(GTK_ACCESSIBLE(row->buttons[kind]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
        }
    }
    row->channel = channel;
}

static void update(SonoLaneButtons *b)
{
    const SonoViewState *view = lane_view(b->canvas);
    const guint n = view && view->end_s > 0.0 && view->n_channels > 1 ? (guint)sono_view_state_n_lanes(view) : 0;
    b->showing = TRUE;
    while (b->rows->len < n) {
        add_row(b);
    }
    for (guint i = 0; i < b->rows->len; i++) {
        if (i < n) {
            show_row(b, row_at(b, i), sono_view_state_lane(view, (int)i).channel);
        } else {
            for (int kind = 0; kind < N_KINDS; kind++) {
                gtk_widget_set_visible(row_at(b, i)->buttons[kind], FALSE);
            }
        }
    }
    b->showing = FALSE;
    gtk_widget_queue_allocate(GTK_WIDGET(b));
}

/* Lanes have moved; a pan or a zoom in time moves none. */
static void on_view_changed(SonoLaneButtons *b)
{
    const SonoViewState *view = lane_view(b->canvas);
    const gboolean has_lanes = view && view->end_s > 0.0 && view->n_channels > 1;
    const guint n = has_lanes ? (guint)sono_view_state_n_lanes(view) : 0;
    gboolean same = n == 0 ? b->rows->len == 0 || !gtk_widget_get_visible(row_at(b, 0)->buttons[0]) : n <= b->rows->len;
    for (guint i = 0; same && i < b->rows->len; i++) {
        const gboolean wanted = i < n;
        same = gtk_widget_get_visible(row_at(b, i)->buttons[0]) == wanted &&
               (!wanted || row_at(b, i)->channel == sono_view_state_lane(view, (int)i).channel);
    }
    if (!same) {
        update(b);
    }
}

static void sono_lane_buttons_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    SonoLaneButtons *b = SONO_LANE_BUTTONS(widget);
    const SonoViewState *view = lane_view(b->canvas);
    for (guint i = 0; view && i < b->rows->len; i++) {
        for (int kind = 0; kind < N_KINDS; kind++) {
            GtkWidget *button = row_at(b, i)->buttons[kind];
            GtkRequisition size = {0};
            const gboolean has_lane = (int)i < sono_view_state_n_lanes(view);
            gtk_widget_set_child_visible(button, has_lane); /* lanes go before who listens is told */
            if (gtk_widget_should_layout(button) && has_lane) {
                gtk_widget_get_preferred_size(button, &size, NULL);
                const int y = (int)sono_view_state_lane(view, (int)i).y_px + NAME_PX + kind * STEP_PX;
                gtk_widget_size_allocate(button, &(GtkAllocation){LEFT_PX, y, size.width, size.height}, -1);
            }
        }
    }
}

static void sono_lane_buttons_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                      int *natural, int *minimum_baseline, int *natural_baseline)
{
    *minimum = *natural = 0;
}

/* Between the buttons the ruler below is meant. */
static gboolean sono_lane_buttons_contains(GtkWidget *widget, double x, double y)
{
    return FALSE;
}

static void sono_lane_buttons_dispose(GObject *object)
{
    SonoLaneButtons *b = SONO_LANE_BUTTONS(object);
    g_clear_weak_pointer(&b->canvas);
    for (guint i = 0; i < b->rows->len; i++) {
        for (int kind = 0; kind < N_KINDS; kind++) {
            g_clear_pointer(&row_at(b, i)->buttons[kind], gtk_widget_unparent);
        }
    }
    g_array_set_size(b->rows, 0);
    G_OBJECT_CLASS(sono_lane_buttons_parent_class)->dispose(object);
}

static void sono_lane_buttons_finalize(GObject *object)
{
    g_array_unref(SONO_LANE_BUTTONS(object)->rows);
    G_OBJECT_CLASS(sono_lane_buttons_parent_class)->finalize(object);
}

static void sono_lane_buttons_class_init(SonoLaneButtonsClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_lane_buttons_dispose;
    G_OBJECT_CLASS(klass)->finalize = sono_lane_buttons_finalize;
    widget->size_allocate = sono_lane_buttons_size_allocate;
    widget->measure = sono_lane_buttons_measure;
    widget->contains = sono_lane_buttons_contains;
    gtk_widget_class_set_css_name(widget, "lanebuttons");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_GROUP);
    lane_style_install();
}

static void sono_lane_buttons_init(SonoLaneButtons *b)
{
    b->rows = g_array_new(FALSE, TRUE, sizeof(LaneRow));
    gtk_widget_set_direction(GTK_WIDGET(b), GTK_TEXT_DIR_LTR);
    gtk_accessible_update_property(GTK_ACCESSIBLE(b), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Channels that are heard"), -1);
}

GtkWidget *sono_lane_buttons_new(SonoCanvas *canvas)
{
    SonoLaneButtons *b = g_object_new(SONO_TYPE_LANE_BUTTONS, NULL);
    g_set_weak_pointer(&b->canvas, canvas);
    g_signal_connect_object(canvas, "view-changed", G_CALLBACK(on_view_changed), b, G_CONNECT_SWAPPED);
    update(b);
    return GTK_WIDGET(b);
}

void sono_lane_buttons_set(SonoLaneButtons *b, const guint8 *muted, const guint8 *solo, gsize n_bytes)
{
    memcpy(b->on[MUTE], muted, MIN(n_bytes, MAX_BYTES));
    memcpy(b->on[SOLO], solo, MIN(n_bytes, MAX_BYTES));
    update(b);
}
