use std::io;

use tokio::io::DuplexStream;

use super::*;

/// A server's end of a conversation.
async fn conversation(has_terminal: bool) -> (Conversation, DuplexStream) {
    let (ours, mut theirs) = tokio::io::duplex(1024 * 1024);
    let (reading, writing) = tokio::io::split(ours);
    let conversation = Conversation::begin(reading, writing, has_terminal);
    let conversation = conversation.await.unwrap();
    for _ in 0..4 {
        assert_eq!(read_frame(&mut theirs).await.unwrap(), Frame::Other);
    }
    (conversation, theirs)
}

async fn say(theirs: &mut DuplexStream, stream: u32, text: &str, fin: bool) {
    let frame = data(stream, text.as_bytes(), fin);
    theirs.write_all(&frame).await.unwrap();
}

const SUCCESS: &str = r#"{"status":"Success"}"#;

#[test]
fn headers_are_stored_in_one_compressed_text() {
    let mut opening = Opening::default();
    let first = opening.open(1, "error");
    assert_eq!(&first[..4], [0x80, 3, 0, 1]);
    let size = u32::from_be_bytes(first[4..8].try_into().unwrap()) as usize;
    assert_eq!(size, first.len() - 8);
    assert_eq!(&first[18..20], [0x78, 0xbb], "zlib with a dictionary");
    assert_eq!(u16::from_be_bytes([0x78, 0xbb]) % 31, 0);
    let second = opening.open(3, "error");
    assert_eq!(second[18..], first[24..], "it goes on without a header");
}

#[tokio::test]
async fn output_comes_by_stream_and_the_status_at_the_end() {
    let (mut conversation, mut theirs) = conversation(false).await;
    say(&mut theirs, STDOUT, "out", false).await;
    say(&mut theirs, STDERR, "err", true).await;
    say(&mut theirs, STATUS, SUCCESS, true).await;
    say(&mut theirs, STDOUT, "", true).await;
    let mut output = conversation.output.take().unwrap();
    assert_eq!(output.recv().await, Some(Output::Stdout("out".into())));
    assert_eq!(output.recv().await, Some(Output::Stderr("err".into())));
    assert_eq!(output.recv().await, None);
    let status = conversation.status.await.unwrap();
    assert_eq!(status.status.as_deref(), Some("Success"));
}

#[tokio::test]
async fn the_end_of_the_input_is_told_and_answers_still_come() {
    let (mut conversation, mut theirs) = conversation(false).await;
    let mut input = conversation.input.take().unwrap();
    input.write_all(b"typed").await.unwrap();
    input.shutdown().await.unwrap();
    let mut typed = Vec::new();
    loop {
        let Frame::Data { stream, bytes, fin } = read_frame(&mut theirs).await.unwrap() else {
            panic!("data");
        };
        assert_eq!(stream, INPUT);
        typed.extend_from_slice(&bytes);
        if fin {
            break;
        }
    }
    assert_eq!(typed, b"typed");
    say(&mut theirs, STDOUT, "answer", false).await;
    let mut output = conversation.output.take().unwrap();
    assert_eq!(output.recv().await, Some(Output::Stdout("answer".into())));
}

#[tokio::test]
async fn pings_are_answered_and_sizes_told() {
    let (conversation, mut theirs) = conversation(true).await;
    theirs.write_all(&pong(2)).await.unwrap();
    assert_eq!(
        read_frame(&mut theirs).await.unwrap(),
        Frame::Ping { id: 2 }
    );
    conversation.resize(TerminalSize {
        columns: 80,
        rows: 24,
    });
    let told = read_frame(&mut theirs).await.unwrap();
    let expected = Frame::Data {
        stream: SIZE,
        bytes: r#"{"Height":24,"Width":80}"#.into(),
        fin: false,
    };
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_no_status() {
    let (mut conversation, mut theirs) = conversation(false).await;
    say(&mut theirs, STDOUT, "begun", false).await;
    drop(theirs);
    let mut output = conversation.output.take().unwrap();
    assert_eq!(output.recv().await, Some(Output::Stdout("begun".into())));
    assert_eq!(output.recv().await, None);
    assert!(conversation.status.await.is_err());
}

#[tokio::test]
async fn a_frame_that_is_far_too_long_is_not_taken() {
    let mut hostile: &[u8] = &[0, 0, 0, 5, 0, 0xff, 0xff, 0xff];
    let error: io::Error = read_frame(&mut hostile).await.unwrap_err();
    assert!(error.to_string().contains("16777215"));
}
