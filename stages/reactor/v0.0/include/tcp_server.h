// The library's first function: proof that a program can include it and link it.
#pragma once

void lars_hello();
