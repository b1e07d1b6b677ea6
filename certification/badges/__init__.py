"""The credential: a certificate as Open Badges 3.0.3 on W3C Verifiable Credentials 2.0."""
