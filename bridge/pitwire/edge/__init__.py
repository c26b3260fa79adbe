"""Apps come in: HTTP, JSON, paths and problems.

Reading order: `routes` (every operation, once), `rest` (the path of a request), `call` (what a
handler works with), `handlers` (what the operations do), `inputs` and `queries` (what apps send),
`render` and `columns` (what they get).
"""

from pitwire.edge.call import EdgeSettings
from pitwire.edge.rest import create_app

__all__ = ["EdgeSettings", "create_app"]
