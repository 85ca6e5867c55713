using System.Net.Sockets;
using JobQueue.Embedded.Locating;

namespace JobQueue.Embedded.Servers;

/// <summary>Starts a server and waits until it answers; what it started is gone again when it throws.</summary>
internal static class ServerStarter
{
    private const int PortAttempts = 5;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastOutputLimit = TimeSpan.FromSeconds(2);

    public static async Task<ServerInstance> StartAsync(
        EmbeddedRedisOptions options, ServerEnvironment environment, Func<int> findPort, CancellationToken cancellationToken)
    {
        options.Validate();
        var location = ServerLocator.Locate(environment);
        var data = options.DataDirectory is null
            ? null
            : await DataDirectory.OpenAsync(options.DataDirectory, location.Kind, cancellationToken).ConfigureAwait(false);
        try
        {
            for (var attempt = 0; attempt < PortAttempts; attempt++)
            {
                var run = new Run(location, environment, data, options);
                if (await run.TryStartAsync(findPort(), cancellationToken).ConfigureAwait(false) is { } instance)
                {
                    return instance;
                }
            }

            throw Errors.NoFreePort(location.Display, PortAttempts);
        }
        catch
        {
            data?.Dispose();
            throw;
        }
    }

    private sealed class Run(ServerLocation location, ServerEnvironment environment, DataDirectory? data, EmbeddedRedisOptions options)
    {
        /// <returns><see langword="null"/> when the port was taken by another program in the meantime.</returns>
        public async Task<ServerInstance?> TryStartAsync(int port, CancellationToken cancellationToken)
        {
            var directory = new PrivateDirectory();
            ServerProcess? process = null;
            ServerInstance? instance = null;
            try
            {
                var settings = new ServerSettings(port, options.Password ?? ServerPassword.Create(), data?.FullPath, directory.FullPath);
                await directory.WriteConfigurationAsync(ServerCommand.Configuration(location.Kind, settings), cancellationToken).ConfigureAwait(false);
                var arguments = ServerCommand.Arguments(location, settings, directory.ConfigurationFile);
                process = ServerProcess.Start(location, arguments, directory, new ServerOutput(settings.Password), environment);
                data?.Record(process.Process);
                if (await AnswerAsync(process, settings, cancellationToken).ConfigureAwait(false) is { } information)
                {
                    directory.RemoveConfiguration();
                    instance = new ServerInstance(location, settings, process, directory, data, information);
                }

                return instance;
            }
            finally
            {
                if (instance is null)
                {
                    if (process is not null)
                    {
                        await ServerInstance.EndAsync(process).ConfigureAwait(false);
                    }

                    directory.Dispose();
                }
            }
        }

        private async Task<string?> AnswerAsync(ServerProcess process, ServerSettings settings, CancellationToken cancellationToken)
        {
            using var limit = new CancellationTokenSource(options.StartTimeout);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                while (true)
                {
                    // The password proves that it is our server that answers, and not another that has the port.
                    if (await AskAsync(process, settings, either.Token).ConfigureAwait(false) is { } information)
                    {
                        return information;
                    }

                    if (process.HasExited)
                    {
                        await process.WaitForExitAsync(LastOutputLimit).ConfigureAwait(false);
                        var output = process.Output.ToString();
                        return SaysPortIsTaken(output) ? null : throw Errors.ServerExited(location.Display, process.ExitCode, output);
                    }

                    await Task.Delay(PollInterval, TimeProvider.System, either.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw Errors.StartTimedOut(location.Display, options.StartTimeout, process.Output.ToString());
            }
        }

        /// <returns>What the server says about itself, or <see langword="null"/> while it is not ready.</returns>
        private static async Task<string?> AskAsync(ServerProcess process, ServerSettings settings, CancellationToken cancellationToken)
        {
            // Another program that has the port may accept the connection and never answer.
            using var either = CancellationTokenSource.CreateLinkedTokenSource(process.Ended, cancellationToken);
            try
            {
                using var connection = new RespConnection();
                await connection.ConnectAsync(settings.Port, either.Token).ConfigureAwait(false);
                var ready = await connection.SendAsync(["AUTH", settings.Password], either.Token).ConfigureAwait(false) == "OK"
                    && await connection.SendAsync(["PING"], either.Token).ConfigureAwait(false) == "PONG";
                return ready ? await connection.SendAsync(["INFO", "server"], either.Token).ConfigureAwait(false) : null;
            }
            catch (Exception e) when (e is IOException or SocketException or FormatException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return null;
            }
        }

        // Redis: "Address already in use"; Garnet: "AddressAlreadyInUse"; Windows: "Only one usage of each socket address".
        private static bool SaysPortIsTaken(string output) =>
            output.Contains("already in use", StringComparison.OrdinalIgnoreCase)
            || output.Contains("AddressAlreadyInUse", StringComparison.OrdinalIgnoreCase)
            || output.Contains("Only one usage of each socket address", StringComparison.OrdinalIgnoreCase);
    }
}
