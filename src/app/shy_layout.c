/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children that vanish. */
#include "shy_layout.h"

#define RANK_KEY "shy-rank"

struct _ShyLayout {
    GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE(ShyLayout, shy_layout, GTK_TYPE_LAYOUT_MANAGER)

static guint rank_of(GtkWidget *child)
{
    return GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(child), RANK_KEY));
}

static int natural_width(GtkWidget *child)
{
    int natural = 0;
    gtk_widget_measure(child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
    return natural;
}

static void measure(GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size, int *min,
                    int *natural, int *min_baseline, int *natural_baseline)
{
    *min = *natural = 0;
    *min_baseline = *natural_baseline = -1;
    for (GtkWidget *c = gtk_widget_get_first_child(widget); c; c = gtk_widget_get_next_sibling(c)) {
        int child_min = 0;
        int child_natural = 0;
        if (!gtk_widget_should_layout(c)) {
            continue;
        }
        gtk_widget_measure(c, orientation, -1, &child_min, &child_natural, NULL, NULL);
        if (orientation == GTK_ORIENTATION_VERTICAL) {
            *min = MAX(*min, child_min);
            *natural = MAX(*natural, child_natural);
        } else {
            *min += rank_of(c) == 0 ? child_natural : 0;
            *natural += child_natural;
        }
    }
}

/* Those of this rank and above do not fit. */
static guint rank_without_room(GtkWidget *widget, int width_px)
{
    guint limit = G_MAXUINT;
    for (;;) {
        int total = 0;
        guint highest = 0;
        for (GtkWidget *c = gtk_widget_get_first_child(widget); c; c = gtk_widget_get_next_sibling(c)) {
            if (gtk_widget_should_layout(c) && rank_of(c) < limit) {
                total += natural_width(c);
                highest = MAX(highest, rank_of(c));
            }
        }
        if (total <= width_px || highest == 0) {
            return limit;
        }
        limit = highest;
    }
}

static void allocate(GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
    const guint limit = rank_without_room(widget, width);
    const gboolean mirrored = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
    int x = 0;
    for (GtkWidget *c = gtk_widget_get_first_child(widget); c; c = gtk_widget_get_next_sibling(c)) {
        if (!gtk_widget_should_layout(c)) {
            continue;
        }
        const gboolean fits = rank_of(c) < limit;
        const int w = natural_width(c);
        gtk_widget_set_child_visible(c, fits);
        if (fits) {
            const GtkAllocation place = {mirrored ? width - x - w : x, 0, w, height};
            gtk_widget_size_allocate(c, &place, -1);
            x += w;
        }
    }
}

static void shy_layout_class_init(ShyLayoutClass *klass)
{
    GTK_LAYOUT_MANAGER_CLASS(klass)->measure = measure;
    GTK_LAYOUT_MANAGER_CLASS(klass)->allocate = allocate;
}

static void shy_layout_init(ShyLayout *layout)
{
}

void shy_layout_set_rank(GtkWidget *child, guint rank)
{
    g_object_set_data(G_OBJECT(child), RANK_KEY, GUINT_TO_POINTER(rank));
}
