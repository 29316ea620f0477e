"""The server's connections to PostgreSQL, which wait for no answer that will not come."""

import time
from collections.abc import Generator
from typing import Any, TypeVar

from psycopg import Connection, OperationalError

from roadmap.published.away import PRIMARY, REPLICA, patience

Answer = TypeVar("Answer")


class PatientConnection(Connection[Any]):
    """Ended where the server is silent for too long: it may be stopped, or its machine gone without a word.

    The server's own limits would not end that, nor would those of TCP where only the process hangs.
    """

    database = PRIMARY

    def wait(self, gen: Generator[Any, Any, Answer], *arguments: Any, **how: Any) -> Answer:
        return super().wait(self._ending(gen), *arguments, **how)

    def _ending(self, gen: Generator[Any, Any, Answer]) -> Generator[Any, Any, Answer]:
        began = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() - began > patience(self.database):
                    self.pgconn.finish()  # or giving it back would wait as long again
                    raise OperationalError("The database does not answer.")
                wanted = gen.send(ready)
        except StopIteration as ended:
            return ended.value


class ReplicaConnection(PatientConnection):
    database = REPLICA


CONNECTIONS = {PRIMARY: PatientConnection, REPLICA: ReplicaConnection}
OPTIONS = {
    "max_size": 12,  # more than there are threads
    "min_size": 0,
    "timeout": 1,  # seconds: whoever finds no connection by then is told so
    # It tries at once when somebody asks again, and not ever more rarely while it finds none.
    "reconnect_timeout": 0,
}
