using System.Buffers;
using System.Net;
using System.Net.Sockets;
using SmtpServer;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace TradingPlatform.Mail;

/// <summary>A mail server on a free loopback port that takes every mail and delivers none: it counts them.</summary>
internal sealed class SmtpSink : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Counter _counter = new();
    private Task _running = Task.CompletedTask;

    public int Port { get; private set; }

    public long Received => _counter.Received;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Port = FindFreePort();
        var options = new SmtpServerOptionsBuilder()
            .ServerName("sink")
            .Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port)).AllowUnsecureAuthentication())
            .Build();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add(_counter);
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Counter : MessageStore
    {
        private long _received;

        public long Received => Interlocked.Read(ref _received);

        public override Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _received);
            return Task.FromResult(SmtpResponse.Ok);
        }
    }
}
