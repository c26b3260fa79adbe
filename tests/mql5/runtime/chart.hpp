// The chart and the inputs of the program, as they are now and as they will be after a restart.
#pragma once

#include <string>

namespace pw {

// Take over what set_chart and set_input have left for the next OnInit.
void take_over_changes();

void set_reason(int reason);  // UninitializeReason

}  // namespace pw
