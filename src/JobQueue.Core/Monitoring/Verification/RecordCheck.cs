using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>Looks at one record: whether it can be read.</summary>
internal sealed class RecordCheck(Sightings sightings, Findings findings)
{
    public void Check(JobId id, InspectedKey key)
    {
        if (key.Type == "none")
        {
            return; // Finished and removed since its name was read.
        }

        if (JobRecordReader.TryRead(id, key.Record, out var problem) is not { } record)
        {
            sightings.AddRecord(id, "", isFinished: false);
            if (key.Type == "string")
            {
                findings.Add(ViolationKind.RecordUnreadable, id, KeyNames.Record(id), $"{problem}. A worker that takes it puts it into the dead letters.");
            }

            return;
        }

        sightings.AddRecord(id, record.Line, record.Status is not null);
    }
}
