// What is freed goes back to the system. The C library would keep most of it: of a table that
// was read, and of the subscriptions of agents that have gone.
#pragma once

namespace lars {

// Once, before there are threads. The end of the heap goes back as soon as it is free.
void give_back_end_of_heap();
// Any thread. Gives back what is free in the midst of it.
void give_back_heap();

}  // namespace lars
