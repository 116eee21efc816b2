/* Files that the host sends, reads and writes. */
#ifndef KTSTR_FILES_H
#define KTSTR_FILES_H
#include "frame.h"

void files_begin(const struct frame *frame);
void files_data(const struct frame *frame);
void files_end(const struct frame *frame);
void files_read(const struct frame *frame);
void files_write(const struct frame *frame);
#endif
