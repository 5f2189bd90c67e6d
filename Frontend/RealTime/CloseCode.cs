namespace Chat4All.Frontend.RealTime;

/// <summary>Why a socket is closed: RFC 6455 section 7.4 and the hub's own codes.</summary>
internal enum CloseCode : ushort
{
    Normal = 1000,

    /// <summary>The process is stopping.</summary>
    GoingAway = 1001,

    ProtocolError = 1002,

    /// <summary>A binary message: everything here is JSON text.</summary>
    UnsupportedData = 1003,

    /// <summary>Text that is not UTF-8.</summary>
    InvalidData = 1007,

    MessageTooBig = 1009,

    InternalError = 1011,

    /// <summary>The store cannot be read now.</summary>
    TryAgainLater = 1013,

    /// <summary>The token is not valid, has expired or was revoked.</summary>
    Unauthorized = 4001,

    TooManyConnections = 4003,

    TooManyFrames = 4008,

    /// <summary>The client reads more slowly than its events come.</summary>
    TooSlow = 4009,
}
