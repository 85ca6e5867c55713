using System.Net.Sockets;
using System.Text;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Infrastructure;

/// <summary>A connection on which a test writes what it likes, as slowly as it likes, and reads or does not.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new() { ReceiveBufferSize = 4_096 };

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(ApiHost host)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        return connection;
    }

    public ValueTask WriteAsync(string text) => _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>The beginning of a POST of JSON whose body is of a length.</summary>
    public ValueTask BeginPostAsync(string path, int length)
        => WriteAsync($"POST {ApiHost.Base}{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");

    public ValueTask GetAsync(string path) => WriteAsync($"GET {ApiHost.Base}{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    /// <summary>What comes until the server ends the connection, or until a text has come.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var (all, buffer) = (new StringBuilder(), new byte[4_096]);
        while (!all.ToString().Contains(text, StringComparison.Ordinal))
        {
            var read = await Eventually.EndsAsync(_client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask());
            if (read == 0)
            {
                break;
            }

            all.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return all.ToString();
    }

    /// <summary>Ends it as a program does that is killed.</summary>
    public void Dispose()
    {
        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Dispose();
    }
}
