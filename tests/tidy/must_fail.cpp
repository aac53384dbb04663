// Not part of any build: tools/tidy.sh runs clang-tidy on this file and fails unless every check
// named in a "reports:" comment is reported. It shows that the checks in .clang-tidy are spelt
// right and switched on.

#include <string>

int evaluations = 0;  // reports: cppcoreguidelines-avoid-non-const-global-variables

using namespace std;  // reports: google-build-using-namespace

namespace tessera {

struct wrong_case {   // reports: readability-identifier-naming
  typedef int Count;  // reports: modernize-use-using
  Count count = 0;
};

class Counter {
 public:
  Counter(int start) : count_(start) {}  // reports: google-explicit-constructor
  virtual int count() const { return count_; }
  virtual ~Counter() = default;

 private:
  int count_;
};

class Silent : public Counter {
 public:
  using Counter::Counter;
  virtual int count() const { return 0; }  // reports: modernize-use-override
};

int six_parameters(int a, int b, int c, int d, int e,
                   int f) {  // reports: readability-function-size
  return a + b + c + d + e + f;
}

int tangled(int n) {  // reports: readability-function-cognitive-complexity
  int sum = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) {
      if (i % 2 == 0) {
        if (j % 2 == 0) {
          sum += 1;
        } else if (j % 3 == 0) {
          sum += 2;
        } else if (j % 5 == 0) {
          while (sum > 100 && sum % 3 != 0) {
            sum -= 3;
          }
        }
      } else if (j % 7 == 0 || i % 11 == 0) {
        sum += j % 2 == 0 ? 4 : 5;
      }
    }
  }
  return sum;
}

long cast(double value) {  // reports: google-runtime-int
  return (long)value;      // reports: google-readability-casting
}

string after_move(string text) {
  string other = move(text);
  return other + text;  // reports: bugprone-use-after-move
}

int no_braces(bool yes) {
  if (yes)
    return 1;  // reports: readability-braces-around-statements
  return 2;
}

}  // namespace tessera
