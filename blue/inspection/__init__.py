"""Why a profile finds what it finds: rewards, the origins of items, the grounds of claims, effects of edits.

inspector = Inspector(profiler)                       # loads nothing; keep one for all visitors
held = inspector.hold_out(history)                    # the last row; or row=3, or title="Dune"
profile = profiler.write(held.history)                # never saw the held-out item
report = inspector.rewards(profile, held)             # without the judge: tens of milliseconds
report = inspector.judged(report)                     # the language model's choice too: a second or two
"""

from blue.inspection.inspector import Inspector
from blue.inspection.scoring import RewardSettings
from blue.negatives import Counts

__all__ = ["Counts", "Inspector", "RewardSettings"]
