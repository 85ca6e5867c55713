using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace JobQueue.Embedded.Servers;

/// <summary>
/// The few commands that start and stop a server, over a socket of our own: a client library would bring reconnects
/// and logging of failures that are expected while a server starts. Not thread-safe.
/// </summary>
internal sealed class RespConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private StreamReader? _replies;

    public async Task ConnectAsync(int port, CancellationToken cancellationToken)
    {
        await _client.ConnectAsync(IPAddress.Loopback, port, cancellationToken).ConfigureAwait(false);
        _replies = new StreamReader(_client.GetStream(), Encoding.UTF8);
    }

    /// <summary>Sends a command and reads a simple, error or bulk reply.</summary>
    /// <returns>The reply; an error keeps its leading hyphen.</returns>
    /// <exception cref="IOException">The server closed the connection.</exception>
    public async Task<string> SendAsync(string[] command, CancellationToken cancellationToken)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"*{command.Length}\r\n"));
        foreach (var part in command)
        {
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        }

        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken).ConfigureAwait(false);
        var first = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return first.Length == 0 || first[0] != '$'
            ? first.TrimStart('+')
            : await ReadBulkAsync(int.Parse(first.AsSpan(1), CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _replies?.Dispose();
        _client.Dispose();
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken) =>
        await _replies!.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? throw new IOException("The server closed the connection.");

    // Bulk replies here are ASCII (INFO), so a character is a byte.
    private async Task<string> ReadBulkAsync(int length, CancellationToken cancellationToken)
    {
        var bulk = new char[Math.Max(length, 0) + "\r\n".Length];
        var read = await _replies!.ReadBlockAsync(bulk, cancellationToken).ConfigureAwait(false);
        return read == bulk.Length ? new string(bulk, 0, read - "\r\n".Length) : throw new IOException("The server closed the connection.");
    }
}
