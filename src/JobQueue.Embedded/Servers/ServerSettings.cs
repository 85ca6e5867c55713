namespace JobQueue.Embedded.Servers;

/// <summary>What a server is told about this run, whatever its kind.</summary>
/// <param name="Port">The port of 127.0.0.1 to listen on.</param>
/// <param name="Password">The password every connection has to give.</param>
/// <param name="DataDirectory">Where data is kept; <see langword="null"/> keeps it in memory.</param>
/// <param name="PrivateDirectory">Readable by this user only, removed at the end.</param>
internal sealed record ServerSettings(int Port, string Password, string? DataDirectory, string PrivateDirectory)
{
    // Printing a record prints its members, and this one holds the password.
    public override string ToString() => $"127.0.0.1:{Port}";
}
