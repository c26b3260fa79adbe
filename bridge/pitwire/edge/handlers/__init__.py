"""What the operations do, one file per subject; `edge.routes` names them all."""
